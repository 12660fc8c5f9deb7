# Works with make 3.81, which macOS still has. Everything happens in .venv; `make help` lists what there is.

SHELL = /bin/sh
PYTHON = .venv/bin/python
PORT =
DATA =
FILE =
room =

.PHONY: help up test test-unit deps lint format client docs schema functions lock seed screenshots clean \
	bench bench-audit bench-endpoints bench-gateway bench-idle bench-ledger bench-matching bench-memory bench-path bootstrap bootstrap-dev

help: ## What there is to make.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

up: bootstrap client ## Start the whole product on this machine and print its address. PORT= and DATA= choose others.
	@exec .venv/bin/meydan up $(if $(PORT),--port $(PORT)) $(if $(DATA),--data '$(DATA)')

test: ## Prove everything: lint, tests, a real browser. Installs what the machine lacks. room=NAME: what its change can reach.
	@exec sh scripts/test $(if $(room),room $(room))

test-unit: ## Tests that need no engine: the client's, folders rules/, and those that read only sources.
	@exec sh scripts/test unit

deps: bootstrap-dev ## Install what tests need beside Python: packages of the client, Chromium.
	@sh scripts/deps

lint: bootstrap-dev ## ruff, mypy, import-linter, squawk, tsc, biome, dependency-cruiser, the lock files.
	@sh scripts/lint

format: bootstrap-dev ## Format Python and the client.
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .
	@$(PYTHON) scripts/npm.py run format

client: bootstrap ## Build the web client if its sources changed.
	@$(PYTHON) hatch_build.py

docs: bootstrap ## The pages that are made from code.
	@.venv/bin/meydan settings-reference > docs/settings.md
	@$(PYTHON) scripts/asyncapi.py

schema: bootstrap-dev ## Write db/schema.sql from the migrations.
	@$(PYTHON) scripts/dump_schema.py

functions: bootstrap-dev ## Write what the newest migration, FILE=0012, still lacks of db/functions below its marker.
	@$(PYTHON) scripts/functions.py "$(FILE)"

lock: bootstrap-dev ## Choose versions anew and write the lock files.
	@sh scripts/lock

seed: bootstrap ## Fill the running product with a believable demo.
	@.venv/bin/meydan seed $(if $(DATA),--data '$(DATA)')

bench: bench-endpoints bench-gateway bench-matching bench-path bench-ledger bench-audit bench-memory bench-idle ## All benchmarks, one after the other.

bench-endpoints: bootstrap-dev ## CPU of a request against Fastify under the same policies; the policies' own price.
	@$(PYTHON) -m benchmarks.endpoints

bench-gateway: bootstrap-dev ## CPU of a delivered message against socket.io.
	@$(PYTHON) -m benchmarks.gateway

bench-audit: bootstrap-dev ## What the proof of the ledger costs as the ledger grows.
	@$(PYTHON) -m benchmarks.audit

bench-idle: bootstrap-dev ## What communities cost in which nobody is.
	@$(PYTHON) -m benchmarks.idle

bench-ledger: bootstrap-dev ## Transfers a second against pgbench's TPC-B and a plain update of two rows.
	@$(PYTHON) -m benchmarks.ledger

bench-matching: bootstrap-dev ## From the second compatible ticket to both told.
	@$(PYTHON) -m benchmarks.meeting

bench-path: bootstrap-dev client ## A message from POST to the other one's socket.
	@$(PYTHON) -m benchmarks.path

bench-memory: bootstrap-dev ## Memory of the product when nobody is there.
	@$(PYTHON) -m benchmarks.memory

screenshots: deps client ## Pictures of every page and part in every language, light and size, side by side in .screenshots.
	@$(PYTHON) scripts/screenshots.py

clean: ## Remove what was made here, except data.
	@rm -rf .venv web/node_modules src/meydan/static dist build .mypy_cache .ruff_cache .pytest_cache

bootstrap:
	@sh scripts/bootstrap run

bootstrap-dev:
	@sh scripts/bootstrap dev
