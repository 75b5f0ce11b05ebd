//! What is known of source systems, data and code together.

use std::sync::Arc;

use torqueflow_detection::{Detection, Detector, Surroundings, built_in_sources};
use torqueflow_model::{Row, SourceAdapter, SourceDefinition};

/// The source systems that can be recognised.
#[derive(Clone)]
pub struct Sources {
    detector: Arc<Detector>,
    adapters: Vec<Arc<dyn SourceAdapter>>,
}

impl Sources {
    /// The systems that are known as data alone.
    pub fn built_in() -> Self {
        Self::with_adapters(Vec::new())
    }

    /// The built-in systems and these, which come with code or were loaded from elsewhere.
    /// One of these takes the place of a built-in system with the same id.
    pub fn with_adapters(adapters: Vec<Arc<dyn SourceAdapter>>) -> Self {
        let mut definitions: Vec<SourceDefinition> =
            adapters.iter().map(|adapter| adapter.definition().clone()).collect();
        for built_in in built_in_sources() {
            if definitions.iter().all(|known| known.id != built_in.id) {
                definitions.push(built_in);
            }
        }
        Self {
            detector: Arc::new(Detector::new(definitions)),
            adapters,
        }
    }

    /// The definitions of all systems.
    pub fn definitions(&self) -> &[SourceDefinition] {
        self.detector.sources()
    }

    /// The adapter of a system, if it has code.
    pub fn adapter(&self, source_system: &str) -> Option<Arc<dyn SourceAdapter>> {
        self.adapters
            .iter()
            .find(|adapter| adapter.definition().id == source_system)
            .cloned()
    }

    /// The table read as one of this type, whatever it seems to be. `None` if there is no such type.
    pub fn detect_type(
        &self,
        type_id: &str,
        headers: &[String],
        samples: &[Row],
        around: &Surroundings,
    ) -> Option<Detection> {
        self.detector.detect_type_in(type_id, headers, samples, around)
    }

    pub(crate) fn detector(&self) -> &Detector {
        &self.detector
    }

    /// What a table is. With a source system, what it is of that system's tables.
    pub fn detect(&self, source_system: Option<&str>, headers: &[String], samples: &[Row]) -> Detection {
        self.detect_in(source_system, headers, samples, &Surroundings::default())
    }

    /// The same, with what stands around the table.
    pub fn detect_in(
        &self,
        source_system: Option<&str>,
        headers: &[String],
        samples: &[Row],
        around: &Surroundings,
    ) -> Detection {
        source_system
            .and_then(|system| self.detector.detect_as_in(system, headers, samples, around))
            .unwrap_or_else(|| self.detector.detect_in(headers, samples, around))
    }
}
