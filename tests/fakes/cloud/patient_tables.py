"""The tables of the cloud that hold patients' records, column by column as pulls show them (CLOUD §3, references §4).

Knows nothing of rows. Read off the recorded pulls, not derived from db/catalogue.py: two lists written from two sources
find each other's mistakes.
"""

from __future__ import annotations

from tests.fakes.cloud.columns import STAMPS, table

PATIENTS = table(
    "patients",
    """
    id uuid!
    given_name text
    surname text
    date_of_birth date
    citizenship text
    hometown text
    phone text
    sex text(24)
    camp text(50)
    additional_data jsonb = {}
    image_timestamp timestamptz
    metadata jsonb = {}
    photo_url text
    """
    + STAMPS
    + """
    government_id text(100)
    external_patient_id text(100)
    primary_clinic_id uuid -> clinics
    last_modified_by uuid -> users
    """,
    scope="primary_clinic_id",
)
PATIENT_ADDITIONAL_ATTRIBUTES = table(
    "patient_additional_attributes",
    """
    id uuid!
    attribute_id text!
    attribute text
    number_value double
    string_value text
    date_value moment_or_null
    boolean_value boolean
    metadata jsonb = {}
    """
    + STAMPS
    + "patient_id uuid!",
)
VISITS = table(
    "visits",
    """
    id uuid!
    patient_id uuid! -> patients
    clinic_id uuid -> clinics
    provider_id uuid -> users
    provider_name text
    check_in_timestamp moment_or_null
    is_deleted boolean = false
    metadata jsonb = {}
    created_at moment
    updated_at moment
    last_modified timestamptz
    server_created_at timestamptz
    deleted_at timestamptz
    """,
    scope="clinic_id",
)
EVENTS = table(
    "events",
    """
    id uuid!
    patient_id uuid! -> patients
    visit_id uuid -> visits
    form_id uuid -> event_forms
    event_type text
    form_data jsonb = []
    metadata jsonb = {}
    """
    + STAMPS
    + "recorded_by_user_id uuid -> users",
)
APPOINTMENTS = table(
    "appointments",
    """
    id uuid!
    provider_id uuid
    clinic_id uuid! -> clinics
    patient_id uuid! -> patients
    user_id uuid! -> users
    current_visit_id uuid! -> visits
    fulfilled_visit_id uuid
    timestamp moment
    duration integer!
    reason text!
    notes text
    status text
    metadata jsonb = {}
    """
    + STAMPS
    + """
    departments jsonb = []
    is_walk_in boolean = false
    """,
    scope="clinic_id",
)
PRESCRIPTIONS = table(
    "prescriptions",
    """
    id uuid!
    patient_id uuid! -> patients
    provider_id uuid! -> users
    filled_by uuid
    pickup_clinic_id uuid! -> clinics
    visit_id uuid -> visits
    priority text = normal
    expiration_date moment_or_null
    prescribed_at moment
    filled_at moment_or_null
    status text = pending
    items jsonb = []
    notes text
    metadata jsonb = {}
    is_deleted boolean = false
    created_at moment
    updated_at moment
    deleted_at timestamptz
    last_modified timestamptz
    server_created_at timestamptz
    """,
    scope="pickup_clinic_id",
)
PATIENT_VITALS = table(
    "patient_vitals",
    """
    id uuid!
    patient_id uuid! -> patients
    visit_id uuid -> visits
    timestamp moment
    systolic_bp integer
    diastolic_bp integer
    bp_position text
    height_cm numeric(5,2)
    weight_kg numeric(5,2)
    bmi numeric(4,2)
    waist_circumference_cm numeric(5,2)
    heart_rate integer
    pulse_rate integer
    oxygen_saturation numeric(5,2)
    respiratory_rate integer
    temperature_celsius numeric(4,2)
    pain_level integer
    recorded_by_user_id uuid -> users
    metadata jsonb = {}
    """
    + STAMPS
    + "event_id uuid",
)
PATIENT_PROBLEMS = table(
    "patient_problems",
    """
    id uuid!
    patient_id uuid! -> patients
    visit_id uuid -> visits
    problem_code_system text!
    problem_code text!
    problem_label text(255)!
    clinical_status text!
    verification_status text!
    severity_score integer
    onset_date date
    end_date date
    recorded_by_user_id uuid -> users
    metadata jsonb = {}
    """
    + STAMPS,
)
DISPENSING_RECORDS = table(
    "dispensing_records",
    """
    id uuid!
    clinic_id uuid! -> clinics
    drug_id uuid! -> drug_catalogue
    batch_id uuid
    prescription_item_id uuid -> prescription_items
    patient_id uuid! -> patients
    quantity_dispensed integer!
    dosage_instructions text
    days_supply integer
    dispensed_by uuid! -> users
    dispensed_at moment
    recorded_by_user_id uuid
    metadata jsonb = {}
    """
    + STAMPS,
    scope="clinic_id",
)
PRESCRIPTION_ITEMS = table(
    "prescription_items",
    """
    id uuid!
    prescription_id uuid! -> prescriptions
    patient_id uuid! -> patients
    drug_id uuid! -> drug_catalogue
    clinic_id uuid! -> clinics
    dosage_instructions text
    quantity_prescribed integer = 0
    quantity_dispensed integer = 0
    refills_authorized integer = 0
    refills_used integer = 0
    item_status text = active
    notes text
    recorded_by_user_id uuid
    metadata jsonb = {}
    """
    + STAMPS,
    scope="clinic_id",
)
