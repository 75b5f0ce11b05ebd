//! The records that are checked after an import, and what of them: what says who they are, whom they belong to, and values
//! that had to be cleaned.

use super::super::expected::Kind;

/// Customers by number, mobile, e-mail and the day they were made.
pub const CUSTOMERS: Kind = Kind {
    name: "customers",
    columns: &["external_customer_number", "phone", "email", "source_created_on"],
    from: "customer",
};

/// Addresses by customer.
pub const ADDRESSES: Kind = Kind {
    name: "addresses",
    columns: &[
        "external_customer_number",
        "address_type",
        "line_1",
        "city",
        "postal_code",
    ],
    from: "customer_address JOIN customer ON customer.id = customer_id",
};

/// Vehicles by customer.
pub const VEHICLES: Kind = Kind {
    name: "vehicles",
    columns: &[
        "external_customer_number",
        "registration",
        "vin",
        "first_registered_on",
        "mileage",
    ],
    from: "vehicle JOIN customer ON customer.id = customer_id",
};

/// Registrations by customer; a customer can have two vehicles with the same.
pub const REGISTRATIONS: Kind = Kind {
    name: "registrations",
    columns: &["external_customer_number", "registration"],
    from: "(SELECT DISTINCT customer_id, registration FROM vehicle WHERE registration IS NOT NULL) AS known \
           JOIN customer ON customer.id = customer_id",
};

/// Groups by name.
pub const GROUPS: Kind = Kind {
    name: "customer groups",
    columns: &["name"],
    from: "customer_group",
};

/// Suppliers by code.
pub const SUPPLIERS: Kind = Kind {
    name: "suppliers",
    columns: &["code"],
    from: "supplier",
};

/// Products by code.
pub const PRODUCTS: Kind = Kind {
    name: "products",
    columns: &["code", "name"],
    from: "product",
};

/// Jobs by number.
pub const JOBS: Kind = Kind {
    name: "jobs",
    columns: &["number"],
    from: "work_order",
};
