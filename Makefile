# Every command of this project. The work is done in scripts/; this file only names the commands.

PYTHON ?=
export PYTHON
do = @sh scripts/with_python.sh

.DEFAULT_GOAL := help
.PHONY: help run demo-reset test check format translations bench pictures lock install setup clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 16

run: ## Set up what is missing and run the demo at http://127.0.0.1:8000 (PORT, HOST, DATABASE_URL)
	$(do) scripts/run.py

demo-reset: ## Delete the demo's data and load the demo edition again
	$(do) scripts/run.py --reset

test: ## Set up what tests need and run them all (T="tests/tickets -k lapse" for some)
	$(do) scripts/test.py $(T)

check: ## Format, lint, types, imports, templates, translations, migrations, repository
	$(do) scripts/check.py $(S)

format: ## Fix and format the Python code
	$(do) scripts/check.py --mend

translations: ## Compile the English texts and say which are missing or unused
	$(do) scripts/check.py translations

bench: ## Measure how fast it is, beside a trivial Flask page; writes docs/benchmarks.md
	$(do) scripts/bench.py $(B)

pictures: ## Take the README's pictures from a fresh demo
	$(do) scripts/pictures.py

lock: ## Make requirements*.txt and package-lock.json from pyproject.toml and package.json
	$(do) scripts/lock.py

install: ## Only set up what running needs: for a server, at every update
	$(do) scripts/setup.py

setup: ## Only set up what is missing, for the tests too
	$(do) scripts/setup.py --tests

clean: ## Delete what set-up made; the data in instance/ stays
	rm -rf .venv node_modules static/vendor translations/en/LC_MESSAGES
	find static -name '*.br' -delete -o -name '*.gz' -delete
