"""Loads a customer list with dlt into a table of PostgreSQL.

    python dlt_load.py postgres://USER@HOST:PORT/DATABASE customers.csv FOLDER

Rows are merged by their primary key, so that a list can be loaded again, and cleaned on the way: telephone numbers to E.164,
days to dates. All else about the pipeline is as dlt has it; it keeps its files in FOLDER.
"""

import csv
import os
import sys
from datetime import datetime

# It would tell its makers of each run.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt  # noqa: E402
import phonenumbers  # noqa: E402

url, path, folder = sys.argv[1:]
# The server asks for no password, but dlt does.
url = url.replace("@", ":none@", 1)

# What the list has where nobody knows the day.
NO_DAYS = ("01/01/0001", "30/12/1899")


def phone(text):
    """The number in E.164, or nothing where there is no valid one."""
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def day(text):
    """The date of `31/01/2024 09:30:00`."""
    text = text.split(" ")[0]
    if not text or text in NO_DAYS:
        return None
    return datetime.strptime(text, "%d/%m/%Y").date()


@dlt.resource(
    name="customers",
    write_disposition="merge",
    primary_key="customer_number",
    columns={"created_on": {"data_type": "date"}},
)
def customers():
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "customer_number": row["CustomerNumber"],
                "name": row["CustomerName"],
                "contact_name": row["ContactName"],
                "phone": phone(row["Phone"]),
                "landline": phone(row["PhoneLandline"]),
                "email": row["Email"].strip().lower() or None,
                "is_account": row["CustomerIsAccount"] == "True",
                "vat_exempt": row["CustomerVatExempt"] == "True",
                "on_stop": row["CustomerOnStop"] == "True",
                "created_on": day(row["DateCreated"]),
            }


pipeline = dlt.pipeline(
    pipeline_name="bench",
    pipelines_dir=folder,
    destination=dlt.destinations.postgres(credentials=url),
    dataset_name="bench",
)
pipeline.run(customers()).raise_on_failed_jobs()
