# The commands of this project. They only call build/dev.py, which also works without make:
#   python build/dev.py run
# ARGS goes to the command, for example: make test ARGS="tests/kiosk -k keystore"

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench dist lock system-packages

help:
	@echo "make setup            makes .venv and nothing else"
	@echo "make run              opens the program (without a display it serves and says where)"
	@echo "make test             runs all tests"
	@echo "make lint             runs ruff, mypy and the import rules"
	@echo "make bench            prints the measurements"
	@echo "make dist             builds the installers of this system into dist/ (ARGS=\"try\": and tries them)"
	@echo "make lock             resolves the dependencies anew (needs uv and the internet)"
	@echo "make system-packages  installs what window and tests need from the system (Debian, Ubuntu)"

setup run test lint bench dist lock system-packages:
	@python=$$(sh build/python.sh) && exec "$$python" build/dev.py $@ $(ARGS)
