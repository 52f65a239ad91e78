"""What the report says of itself, for whoever opens it."""

README = """Hikma Health Local Server: report for support

This file was made to find out what is wrong with a clinic's computer. It holds no patient's data, no names of staff,
phones, clinics or networks, no passwords and no keys: only fields on a list get in. Ids are replaced by words such as
user-4f1c09ab22de, which stand for the same user, phone or record all through this report, and for nothing in any other.

about.json      version of the program, operating system, libraries
checks.json     what "Check this computer" found
settings.json   settings; of names and secrets only whether they are set
database.json   tables, columns, number of rows
syncs.jsonl     the log of syncs: when, how many records, how it ended
slow.jsonl      those that took longest
phones.jsonl    phones: when they synced last, how much went each way
cloud.json      the exchange with the cloud: its last rounds, what waits, what was set aside and why
crashes.jsonl   errors nobody expected: where in the program they happened
logs/           the program's log: known sentences only, everything else is withheld

Times are milliseconds since 1970 by the clock of that computer (in the logs: UTC).
"""
