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

impl MatchValues {
    /// How many of the ways to reach somebody two share: an e-mail address, a telephone number, a postcode.
    ///
    /// ```
    /// use torqueflow_model::MatchValues;
    ///
    /// let of = |email: &str, phone: &str| MatchValues {
    ///     email: Some(email.to_owned()),
    ///     phones: vec![phone.to_owned()],
    ///     ..MatchValues::default()
    /// };
    /// let stored = of("ada@smith.example", "+441632960001");
    /// assert_eq!(stored.contacts_shared(&of("ada@smith.example", "+441632960001")), 2);
    /// assert_eq!(stored.contacts_shared(&of("bob@smith.example", "+441632960001")), 1);
    /// ```
    pub fn contacts_shared(&self, other: &Self) -> usize {
        let email = self.email.is_some() && self.email == other.email;
        let phone = self.phones.iter().any(|phone| other.phones.contains(phone));
        let postcode = self.postcodes.iter().any(|postcode| other.postcodes.contains(postcode));
        [email, phone, postcode].into_iter().filter(|shared| *shared).count()
    }

    /// Takes over what another says of the same customer.
    pub fn add_contacts(&mut self, other: Self) {
        if self.email.is_none() {
            self.email = other.email;
        }
        for (own, others) in [(&mut self.phones, other.phones), (&mut self.postcodes, other.postcodes)] {
            for one in others {
                if !own.contains(&one) {
                    own.push(one);
                }
            }
        }
    }
}
