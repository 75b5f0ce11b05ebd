//! What a customer or a vehicle is found by when others are compared with it.

/// The values of a customer or a vehicle that say who or which it is, canonical as cleaning leaves them. What is stored and
/// what a file brings are compared in this form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchValues {
    /// The name of a customer, folded ([`fold`](crate::fold)).
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Telephone numbers, E.164.
    pub phones: Vec<String>,
    /// Postcodes of billing addresses.
    pub postcodes: Vec<String>,
    /// The customer number.
    pub number: Option<String>,
    /// The registration of a vehicle.
    pub registration: Option<String>,
    /// The vehicle identification number.
    pub vin: Option<String>,
}
