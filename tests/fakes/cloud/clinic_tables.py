"""The tables of the cloud that hold clinics, people, forms, drugs and devices, column by column as pulls show them.

Knows nothing of rows. See patient_tables.py.
"""

from __future__ import annotations

from tests.fakes.cloud.columns import STAMPS, table

CLINICS = table(
    "clinics",
    "id uuid!\nname text"
    + STAMPS
    + """
    attributes jsonb = []
    metadata jsonb = {}
    address text
    is_archived boolean = false
    """,
    scope="id",
)
EVENT_FORMS = table(
    "event_forms",
    """
    id uuid!
    name text
    description text
    language text = en
    is_editable boolean = true
    is_snapshot_form boolean = false
    form_fields jsonb = []
    metadata jsonb = {}
    """
    + STAMPS
    + """
    clinic_ids jsonb = []
    translations jsonb = []
    """,
    scope="clinic_ids, or all",
)
PATIENT_REGISTRATION_FORMS = table(
    "patient_registration_forms",
    """
    id uuid!
    clinic_id uuid
    name text
    fields jsonb = []
    metadata jsonb = {}
    """
    + STAMPS,
    scope="clinic_id",
    pulled_as="registration_forms",
)
CLINIC_DEPARTMENTS = table(
    "clinic_departments",
    """
    id uuid!
    clinic_id uuid!
    name text!
    code text
    description text
    status text = active
    can_dispense_medications boolean = false
    can_perform_labs boolean = false
    can_perform_imaging boolean = false
    additional_capabilities jsonb = []
    metadata jsonb = {}
    """
    + STAMPS,
    scope="clinic_id",
)
DRUG_CATALOGUE = table(
    "drug_catalogue",
    """
    id uuid!
    barcode text
    generic_name text
    brand_name text
    form text
    route text
    dosage_quantity numeric(12,4)
    dosage_units text
    manufacturer text
    sale_price numeric(12,2) = 0
    sale_currency text
    min_stock_level integer = 0
    max_stock_level integer
    is_controlled boolean = false
    requires_refrigeration boolean = false
    is_active boolean = true
    notes text
    recorded_by_user_id uuid
    metadata jsonb = {}
    """
    + STAMPS,
)
CLINIC_INVENTORY = table(
    "clinic_inventory",
    """
    id uuid!
    clinic_id uuid!
    drug_id uuid!
    batch_id uuid
    quantity_available integer = 0
    reserved_quantity integer = 0
    last_counted_at timestamptz
    recorded_by_user_id uuid
    metadata jsonb = {}
    """
    + STAMPS
    + """
    batch_number text
    batch_expiry_date date
    """,
    scope="clinic_id",
)
USERS = table(
    "users",
    """
    id uuid!
    name text
    role text
    email text
    hashed_password text
    instance_url text
    clinic_id uuid
    """
    + STAMPS,
    scope="clinic_id",
)
DEVICES = table(
    "devices",
    """
    id uuid!
    name text
    device_type text = sync_hub
    hardware_id text
    hardware_id_type text
    os_type text
    app_version text
    api_key_hash text
    status text = active
    clinic_ids uuid[] = []
    max_pin_attempts integer = 3
    failed_pin_attempts integer = 0
    last_seen_at timestamptz
    specifications jsonb = {}
    recorded_by_user_id uuid
    metadata jsonb = {}
    """
    + STAMPS,
    scope="clinic_ids",
    pulled_as="undefined",
)
DEVICE_PIN_CODES = table(
    "device_pin_codes",
    """
    id uuid!
    device_id uuid
    pin_hash text
    label text
    issued_to_user_id uuid
    issued_by_user_id uuid
    status text = active
    expires_at timestamptz
    last_used_at timestamptz
    metadata jsonb = {}
    """
    + STAMPS,
)
USER_CLINIC_PERMISSIONS = table(
    "user_clinic_permissions",
    """
    user_id uuid!
    clinic_id uuid!
    can_register_patients boolean = false
    can_view_history boolean = false
    can_edit_records boolean = false
    can_delete_records boolean = false
    is_clinic_admin boolean = false
    created_by uuid
    last_modified_by uuid
    created_at moment
    updated_at moment
    id uuid!
    can_edit_other_provider_event boolean = false
    can_download_patient_reports boolean = false
    can_prescribe_medications boolean = false
    can_dispense_medications boolean = false
    can_delete_patient_visits boolean = false
    can_delete_patient_records boolean = false
    """,
    scope="clinic_id",
)
APP_CONFIG = table(
    "app_config",
    """
    namespace text!
    key text!
    value text
    data_type text = string
    created_at moment
    updated_at moment
    last_modified timestamptz
    last_modified_by uuid
    display_name text
    id uuid!
    """,
)
