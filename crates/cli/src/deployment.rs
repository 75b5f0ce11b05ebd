//! What the files for production name exists: `Dockerfile`, `docker-compose.yml`, `docs/how-to/run-in-production.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use clap::{CommandFactory, Parser};
use object_store::aws::AmazonS3ConfigKey;
use saphyr::{LoadableYamlNode, YamlOwned};

use crate::args::Arguments;

/// What the program reads from the environment past its arguments.
const WITHOUT_ARGUMENT: [&str; 2] = ["TORQUEFLOW_LIMITS", "TORQUEFLOW_LOG"];

fn file(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    fs::read_to_string(format!("{root}{path}")).unwrap()
}

/// The environment variables of a command, the common ones included.
fn variables_of(command: &str) -> BTreeSet<String> {
    let program = Arguments::command();
    let command = program.find_subcommand(command).unwrap();
    let arguments = program.get_arguments().chain(command.get_arguments());
    let variables = arguments.filter_map(|argument| argument.get_env());
    let variables = variables.map(|name| name.to_str().unwrap().to_owned());
    variables.chain(WITHOUT_ARGUMENT.map(str::to_owned)).collect()
}

/// Whether the client of the bucket reads this variable.
fn is_of_the_bucket(variable: &str) -> bool {
    variable.starts_with("AWS_") && variable.to_lowercase().parse::<AmazonS3ConfigKey>().is_ok()
}

/// A service that runs the program.
struct Service {
    name: String,
    command: Vec<String>,
    environment: BTreeMap<String, String>,
    health_checked: bool,
}

/// The fields of a mapping, those that it takes over by `<<` included.
fn fields(node: &YamlOwned) -> BTreeMap<String, YamlOwned> {
    let mut fields = BTreeMap::new();
    for (key, value) in node.as_mapping().unwrap() {
        match key.as_str().unwrap() {
            "<<" => {
                for (name, value) in self::fields(value) {
                    fields.entry(name).or_insert(value);
                }
            }
            name => {
                fields.insert(name.to_owned(), value.clone());
            }
        }
    }
    fields
}

fn services() -> Vec<Service> {
    let text = file("docker-compose.yml");
    let document = YamlOwned::load_from_str(&text).unwrap().remove(0);
    let mut services = Vec::new();
    for (name, service) in fields(&document["services"]) {
        let service = fields(&service);
        if !service.contains_key("build") {
            continue;
        }
        let environment = fields(&service["environment"]);
        services.push(Service {
            command: service["command"].as_sequence().unwrap().iter().map(text_of).collect(),
            environment: environment
                .iter()
                .map(|(name, value)| (name.clone(), text_of(value)))
                .collect(),
            health_checked: service
                .get("healthcheck")
                .is_none_or(|check| check["disable"].as_bool() != Some(true)),
            name,
        });
    }
    services
}

fn text_of(node: &YamlOwned) -> String {
    node.as_str()
        .unwrap_or_else(|| panic!("{node:?} is no text; write it in quotes"))
        .to_owned()
}

#[test]
fn services_run_commands_that_exist_with_settings_that_exist() {
    let services = services();
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    assert_eq!(names, ["migrate", "serve", "worker"]);
    for service in &services {
        let arguments = ["torqueflow"]
            .into_iter()
            .chain(service.command.iter().map(String::as_str));
        Arguments::try_parse_from(arguments).unwrap_or_else(|error| panic!("{}: {error}", service.name));
        let known = variables_of(&service.command[0]);
        for variable in service.environment.keys() {
            assert!(
                known.contains(variable) || is_of_the_bucket(variable),
                "{}: {variable}",
                service.name
            );
        }
        assert_eq!(
            service.health_checked,
            service.command[0] == "serve",
            "{}",
            service.name
        );
    }
}

#[test]
fn secrets_come_from_outside() {
    let text = file("docker-compose.yml");
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let line = line.trim();
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        let is_secret = ["PASSWORD", "SECRET_ACCESS_KEY", "_URL", "MC_HOST_store"]
            .iter()
            .any(|part| name.ends_with(part));
        let holds_one = is_secret && !["AWS_ENDPOINT_URL"].contains(&name);
        assert!(!holds_one || value.contains(":?}"), "{line}");
    }
    assert!(!file("Dockerfile").to_uppercase().contains("PASSWORD"));
}

#[test]
fn the_image_asks_a_path_that_exists_and_sets_what_exists() {
    let image = file("Dockerfile");
    let asked = image
        .split("GET ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .unwrap();
    let specification: serde_json::Value = serde_json::from_str(&file("api-spec/openapi.json")).unwrap();
    assert!(specification["paths"].get(asked).is_some(), "{asked}");
    let known = variables_of("serve");
    let set = image.split_whitespace().filter(|word| word.starts_with("TORQUEFLOW_"));
    let set: Vec<&str> = set.filter_map(|word| word.split('=').next()).collect();
    assert_eq!(set.len(), 2, "{set:?}");
    assert!(set.iter().all(|name| known.contains(*name)), "{set:?}");
}

#[test]
fn the_guide_has_every_setting_and_no_other() {
    let guide = file("docs/how-to/run-in-production.md");
    let told: BTreeSet<String> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .filter(|name| !name.starts_with('/'))
        .collect();
    let of_both: BTreeSet<String> = variables_of("serve").union(&variables_of("worker")).cloned().collect();
    assert_eq!(told, of_both);
}
