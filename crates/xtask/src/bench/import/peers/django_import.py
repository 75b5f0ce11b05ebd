"""Imports a customer list with django-import-export, in bulk, into a table of PostgreSQL.

    python django_import.py postgres://USER@HOST:PORT/DATABASE customers.csv

It is set up as its documentation says for large files (`use_bulk`, batches of 1,000 rows) and keeps what its users are shown
of an import, the differences (`skip_diff` is off). It cleans nothing: telephone numbers stay as they were typed.
"""

import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

url, path = urlsplit(sys.argv[1]), sys.argv[2]
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": url.hostname,
            "PORT": url.port,
            "USER": url.username,
            "NAME": url.path.lstrip("/"),
        }
    },
    # As the list writes days, with a time and without.
    DATE_INPUT_FORMATS=["%d/%m/%Y %H:%M:%S", "%d/%m/%Y"],
    INSTALLED_APPS=["import_export"],
    USE_TZ=True,
)
django.setup()

# What follows needs the settings.
from django.db import connection, models  # noqa: E402
from import_export import resources  # noqa: E402
from tablib import Dataset  # noqa: E402


class Customer(models.Model):
    number = models.CharField(max_length=20, primary_key=True)
    name = models.TextField(blank=True)
    contact_name = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    landline = models.TextField(blank=True)
    email = models.TextField(blank=True)
    is_account = models.BooleanField()
    vat_exempt = models.BooleanField()
    on_stop = models.BooleanField()
    created_on = models.DateField(null=True)

    class Meta:
        # A model belongs to an app; this script is none.
        app_label = "import_export"
        db_table = "customer"


# The columns of the list, by the fields that they fill.
COLUMNS = {
    "number": "CustomerNumber",
    "name": "CustomerName",
    "contact_name": "ContactName",
    "phone": "Phone",
    "landline": "PhoneLandline",
    "email": "Email",
    "is_account": "CustomerIsAccount",
    "vat_exempt": "CustomerVatExempt",
    "on_stop": "CustomerOnStop",
    "created_on": "DateCreated",
}


class CustomerResource(resources.ModelResource):
    class Meta:
        model = Customer
        fields = tuple(COLUMNS)
        import_id_fields = ("number",)
        use_bulk = True
        batch_size = 1000
        skip_diff = False

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        # The field's own widget, under the name of the column.
        field = super().field_from_django_field(field_name, django_field, readonly)
        field.column_name = COLUMNS[field_name]
        return field


with connection.schema_editor() as editor:
    editor.create_model(Customer)
with open(path, encoding="utf-8", newline="") as file:
    customers = Dataset().load(file, format="csv")
CustomerResource().import_data(customers, raise_errors=True)
