/** Generated from openapi.json by `npm run openapi`: do not edit. */

export interface paths {
    "/api/v1/admin/fhir-connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List connections, in order of their ids
         * @description Filters: none; a caller who is restricted to some connections sees those. Sorted by `connection_id`.
         */
        get: operations["list-fhir-connections"];
        put?: never;
        /**
         * Create a connection
         * @description Nothing is asked of its server yet: test it, then start a sync or give it a schedule. Secrets are stored sealed and never shown.
         */
        post: operations["create-fhir-connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a connection
         * @description With its ETag, by which a change is refused when somebody else made one meanwhile (If-Match).
         */
        get: operations["get-fhir-connection"];
        /**
         * Change a connection
         * @description Fields that are given are replaced (sync_config as a whole); others stay. Null clears. Whoever changes where credentials go (base URL, token endpoint, audience, further token hosts, http) gives them again: they are cleared otherwise, and `credentials_cleared` says so.
         */
        put: operations["update-fhir-connection"];
        post?: never;
        /**
         * Delete a connection
         * @description Without runs it is gone at once (204). With runs only `force=true` deletes it: a run of kind `deletion` (202) takes out everything that the connection loaded, rows of the CDM included, and in the end the connection with its runs, itself too; then its address answers `connection-not-found`. Meanwhile the connection is inactive. With a run under way it is never deleted.
         */
        delete: operations["delete-fhir-connection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a connection
         * @description Makes a client assertion, exchanges it for a token, reads the server metadata, and looks the Group up where one is to be exported. Answers 200 also when a step failed: the test itself was done. Settings in the body are tried without being stored; stored credentials are tried with them only where they go where they are meant to.
         */
        post: operations["test-fhir-connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a connection is doing
         * @description Answers 200 whatever the health: a monitor reads `healthy`.
         */
        get: operations["get-connection-health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When a connection is synced next
         * @description The first time is in the past while nothing runs that could start it: it is made up for once.
         */
        get: operations["get-connection-schedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the key pairs that were made here
         * @description Public halves only: the key in use, a next one that waits, and those that are published until answers signed with them have expired.
         */
        get: operations["list-connection-keys"];
        put?: never;
        /**
         * Make a key pair
         * @description Its private half stays here, sealed; its public half is published at /.well-known/jwks/{id}. It signs at once where the connection has no key; else it is published and waits until the keys are rotated.
         */
        post: operations["create-connection-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let the next key sign
         * @description The private half of the key before is destroyed; its public half stays published for the overlap.
         */
        post: operations["rotate-connection-keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public keys of all active connections
         * @description What EHRs read to check our assertions. No token is needed, and keys of inactive connections are not in it.
         */
        get: operations["get-jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public keys of a connection
         * @description The address to register at the EHR and to enter as jwks_url.
         */
        get: operations["get-connection-jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a sync
         * @description Answers at once; the run is followed at the address in Location. One run of a connection at a time.
         */
        post: operations["start-sync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/sync-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the runs of all connections, newest first
         * @description Filters: `connection_id`, `status`. Sorted by `run_id`, newest first.
         */
        get: operations["list-runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/patients/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sync some patients now
         * @description Everything that the server has of them, by searches, as a run of kind `patient`. It may run beside an export or an import of the connection; of two versions of a resource the newer stays. It moves no watermark. Who is not found, or of whom there are several, is listed in the view crawl_cohort and counted in a notice. Answers at once; the run is followed at the address in Location.
         */
        post: operations["sync-patients"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/sync-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the runs of a connection, newest first
         * @description Filter: `status`. Sorted by `run_id`, newest first.
         */
        get: operations["list-sync-runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a run, with what became of each type, table, reason and file
         * @description Of a live run, too: ask again until `status` is completed, failed or cancelled.
         */
        get: operations["get-sync-run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a live run
         * @description What is loaded stays, whole chunks only; the watermark does not move. The export is released on the server.
         */
        post: operations["cancel-sync-run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a failed run from its checkpoint
         * @description Files that are here are not fetched again, chunks that are mapped are not mapped again. Only the last run of a connection.
         */
        post: operations["retry-sync-run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Map failed resources again, and what waits
         * @description Takes the lines of open failures from the chunks that are kept, maps them with what the mapping, the settings and the vocabulary are now, and takes up what waits for something that has arrived. Nothing is asked of the EHR. A run of its own; one run of a connection at a time.
         */
        post: operations["start-redrive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/ask-again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask again for what the EHR refused
         * @description What exports left out and the server did not give when it was asked for it (404, 403 …) is asked for again by the next sync, and not only after hydrate.retry_after_days. For when the EHR has granted an API or mended its data.
         */
        post: operations["ask-again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/parked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what waits for something that has not arrived, newest resources first
         * @description They are taken up by themselves when it arrives, in whichever run.
         */
        get: operations["list-parked"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/failures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the resources that should have been loaded and were not, newest first
         * @description After a fix, `redrive` maps the open ones again.
         */
        get: operations["list-failures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/exclusions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the resources that a rule keeps out of the CDM, newest first
         * @description Counted by run, type and rule they are in the detail of each run.
         */
        get: operations["list-exclusions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/server-text": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what the EHR said in words, newest first
         * @description Errors repeat codes only, since words may name patients. They are kept where `sync_config.retention.server_text_hours` says for how long, and shown to administrators.
         */
        get: operations["list-server-text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a full sync that is compared with what is stored
         * @description For servers that do not say what was deleted. When the run closes, what is stored and did not come is listed under `reconciliations`; nothing is removed until that is confirmed.
         */
        post: operations["start-reconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the reconciliations of a connection, newest first
         * @description Sorted by the run that reconciled, newest first.
         */
        get: operations["list-reconciliations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a reconciling run found vanished, and what became of it
         * @description `state` says whether a person may confirm the removal, and `vanished` which number to confirm.
         */
        get: operations["get-reconciliation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/vanished": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the resources that are stored and that the full export did not hold
         * @description Filter: `resource_type`. Sorted by their numbers, newest first.
         */
        get: operations["list-vanished"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove what vanished
         * @description Takes the rows of the vanished resources out of the CDM, as if the server had sent deletions; what has come again since stays. A run of its own. Resources that come back later are loaded again, with the ids they had.
         */
        post: operations["confirm-reconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/purges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the purges of a connection, newest first
         * @description Purges hold no identifiers. Sorted by `purge_id`, newest first.
         */
        get: operations["list-purges"];
        put?: never;
        /**
         * Purge a patient, and never load them again
         * @description From the answer on nothing of the patient (and of Patients merged with them) is loaded. A run takes out all there is: rows of all CDM tables, identities, hashes, history, what waits, failures, and their lines in retained chunks. It begins when no other run of the connection is live, and cannot be cancelled or undone; lifting the purge lets later exports load the patient anew. The id is kept as a keyed hash only.
         */
        post: operations["start-purge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-connections/{id}/purges/{pid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Lift a purge: the patient may be loaded again
         * @description Brings nothing back by itself: the patient is loaded with the next export that holds them; start a full sync for their whole history.
         */
        delete: operations["lift-purge"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what waits for a second person, newest first
         * @description With what became of the others. Only where REQUIRE_SECOND_PERSON is set anything waits.
         */
        get: operations["list-approvals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/approvals/{aid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What would be done, and to whom
         * @description That the id of a patient was read is recorded.
         */
        get: operations["get-approval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/approvals/{aid}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve what another admin has asked for, which does it
         * @description It is done in the same transaction, as it was asked for. Whoever asked cannot approve it, by whatever session or token: tokens count as the person who made them. Both must be known by the same authority (the identity provider, or the accounts of the server), since one person may have a name at each. Where what it concerns has changed since, it is void and nothing is done; where it cannot be done for now, the answer says why and it goes on waiting.
         */
        post: operations["approve-request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/approvals/{aid}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refuse what was asked for, or take it back
         * @description Nothing is done, and what the request held is forgotten. Whoever asked may do it too.
         */
        post: operations["refuse-request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/fhir-sync/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How all connections are doing
         * @description Totals, funnel, 30-day timeline, health of each connection and recent runs.
         */
        get: operations["get-dashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List alerts, newest first
         * @description Filters: `state`, `connection_id`. Sorted by `alert_id`, newest first.
         */
        get: operations["list-alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhooks/{wid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a receiver of events
         * @description The secret stays; for another one make another receiver.
         */
        put: operations["update-webhook"];
        post?: never;
        /**
         * Delete a receiver of events
         * @description With its log of deliveries. What waits for it is not sent any more.
         */
        delete: operations["delete-webhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhooks/{wid}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a receiver an event to try it
         * @description Of the type `webhook.test`, once, also while it is switched off. The answer says how that went.
         */
        post: operations["test-webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the receivers of events, newest first
         * @description Their secrets are never shown, and of their URLs only the host.
         */
        get: operations["list-webhooks"];
        put?: never;
        /**
         * Have events sent to a receiver
         * @description In the format of Standard Webhooks. The answer holds the secret, this once. Each event is posted until the answer is 2xx, with growing delays for three quarters of an hour.
         */
        post: operations["create-webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/webhooks/{wid}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was sent to a receiver, newest first
         * @description Kept for 30 days.
         */
        get: operations["list-webhook-deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that a person has seen an alert
         * @description The same found again after that is a new alert. Repeated, it changes nothing.
         */
        post: operations["acknowledge-alert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vocabulary/source-to-standard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a code is mapped to
         * @description Answers what a sync does with the code at this moment, by the same code.
         */
        get: operations["source-to-standard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vocabulary/source-to-standard/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What up to 1000 codes are mapped to
         * @description Answers in the order asked, all from one release. Changes nothing.
         */
        post: operations["source-to-standard-batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vocabulary/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search for concepts
         * @description By name, synonym, code or id; the last word may be the beginning of one, and misspelt words are found.
         */
        get: operations["search-concepts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vocabulary/concepts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a concept with its relationships and ancestors
         * @description limit and offset are those of the relationships.
         */
        get: operations["get-concept"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vocabulary/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which vocabulary is loaded
         * @description The current release with its vocabularies, and the releases before it.
         */
        get: operations["get-vocabulary-release"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/remap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the vocabulary answers otherwise now
         * @description Compares the answers that resources were mapped with to those of the vocabulary as it is now: after a new release or a changed local map, the codes in use that change, and for which connections. Numbers of resources are upper bounds. Reads what is kept with every chunk: on large databases this takes some seconds.
         */
        get: operations["get-remap-report"];
        put?: never;
        /**
         * Map again what the vocabulary answers otherwise now
         * @description From the lines that are kept, without asking the EHR. Resources that are not concerned are not touched, and the next full sync finds them unchanged. One run per connection; cancelled and retried like a sync.
         */
        post: operations["start-remap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/tick": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run the jobs that are ready, then return
         * @description For places where no process may stay: call it every minute or so from a timer. It hands jobs of dead workers to others, sends the scheduled syncs that came due, and runs jobs until the budget is used; a step under way is finished or hands itself on. Calls may overlap. Not audited: the log has each, and each run its own record.
         */
        post: operations["internal-tick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/loads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the loads of vocabularies that were asked for here, newest first
         * @description Loads from the command line are not among them; every release is under /api/v1/vocabulary/release.
         */
        get: operations["list-vocabulary-loads"];
        put?: never;
        /**
         * Load a vocabulary from a folder of the server
         * @description Answers at once; a worker loads it beside the release in use, which takes minutes on a full release, and then swaps it in at one moment. Follow it at the address in Location. One load at a time.
         */
        post: operations["start-vocabulary-load"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/loads/{lid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a load of a vocabulary is, and how it ended
         * @description Ask again until `state` is final.
         */
        get: operations["get-vocabulary-load"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/local-maps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the maps of local codes
         * @description Sorted by code system and code.
         */
        get: operations["list-local-maps"];
        put?: never;
        /**
         * Map a local code
         * @description Syncs use it from their next chunk on. What is loaded already follows with a re-map, or with the next full sync.
         */
        post: operations["create-local-map"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/local-maps/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the maps as CSV
         * @description The columns of source_to_concept_map and what helps to read them. The import takes the file as it is.
         */
        get: operations["export-local-maps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/local-maps/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a CSV file of maps, and import it
         * @description Takes the columns of source_to_concept_map (or `system` for `source_vocabulary_id`) and the files that USAGI saves, of which only approved lines count. Without `apply` nothing is written: the answer tells what would be, and what speaks against it. With `apply` all is written or, where something speaks against it, nothing.
         */
        post: operations["import-local-maps"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/local-maps/{map_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change or end a map
         * @description Fields that are given are replaced, others stay. The answer has the map_id that it has afterwards.
         */
        put: operations["update-local-map"];
        post?: never;
        /**
         * Delete a map
         * @description For one that was never right. One that no longer holds is better ended, so that it is known that it was.
         */
        delete: operations["delete-local-map"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/unmapped": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the codes in use that have no Standard concept, the most frequent first
         * @description Counted when a run closes. cumulative_share shows the few codes that make most of the gap.
         */
        get: operations["list-unmapped-codes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/unmapped/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the worklist as CSV
         * @description Code, display and records are what USAGI imports. Words that few persons have are left out.
         */
        get: operations["export-unmapped-codes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/unmapped/{code_id}/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggest Standard concepts for an unmapped code
         * @description By likeness of the words, in the expected domains. A person decides.
         */
        get: operations["suggest-concepts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/unmapped/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Map many unmapped codes, with a look at what a remap changes
         * @description All of them or none. Without `apply` nothing is written: the answer tells what speaks against the maps, and what a remap of the connections that use the codes would change. A code that is mapped to 0 leaves the worklist; its rows have concept 0 already. As soon as the vocabulary answers for it, that answer holds.
         */
        post: operations["map-unmapped-codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/vocabulary/unmapped/{code_id}/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Map an unmapped code, and map again what uses it
         * @description The map is a local one, as `create-local-map` makes it; a remap of each connection that uses the code starts with it.
         */
        post: operations["map-unmapped-code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tokens of programs, newest first
         * @description Expired and revoked ones too. The tokens themselves are not stored.
         */
        get: operations["list-api-tokens"];
        put?: never;
        /**
         * Make a token for a program
         * @description The answer holds the token, this once: only its SHA-256 is stored. It ends in a checksum, by which scanners for leaked secrets find it.
         */
        post: operations["create-api-token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tokens/{tid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a token
         * @description From the answer on it is refused. It stays in the list. Repeated, it changes nothing.
         */
        delete: operations["revoke-api-token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who did what, newest first
         * @description Changes of settings, runs, reads of what tells of persons, uses of keys, sign-ins and refusals, by people, commands, schedules and workers. Reads of the views by SQL are for the database to log.
         */
        get: operations["list-audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the record as CSV or NDJSON
         * @description Sealed before it is read. At most a million events, the newest first. Recorded as a read itself.
         */
        get: operations["export-audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the record against its chain
         * @description Finds events that were changed, deleted or put in behind, and seals that were changed or are missing; apart from them, what somebody has acknowledged. That the end was cut off or the chain made anew only an anchor can tell: the log has one a day.
         */
        get: operations["verify-audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit/acknowledgements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say of a break of the record that it is known
         * @description The faults of the range as they are now are recorded with the reason, and from then on told apart from others. Nothing is mended: another change of the same is a new fault. What an anchor tells cannot be acknowledged.
         */
        post: operations["acknowledge-audit-break"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/quality/dqd": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Results of a pass of the Data Quality Dashboard's checks
         * @description A file of results as OHDSI's Data Quality Dashboard writes it, for its viewer and Ares. A pass is made by `POST /api/v1/admin/quality/dqd/passes` or `cli quality --dqd`; whether a check fails follows from the thresholds of today.
         */
        get: operations["get-dqd-results"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/quality/dqd/passes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Passes of the Data Quality Dashboard's checks, newest first
         * @description How many checks failed in each, by category, and what began to fail: by the thresholds of today.
         */
        get: operations["list-dqd-passes"];
        put?: never;
        /**
         * Make a pass of the Data Quality Dashboard's checks
         * @description Answers at once; a worker checks the whole CDM table by table, each as of the moment at which it is read, beside running syncs. An interrupted pass goes on at its table. Follow it at the address in Location. One pass at a time.
         */
        post: operations["start-dqd-pass"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/quality/dqd/passes/{pass}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a pass of the checks is, and how it ended
         * @description Ask again until `state` is final. Its results: `GET /api/v1/admin/quality/dqd?pass=`.
         */
        get: operations["get-dqd-pass"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/quality/dqd/passes/{pass}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a pass of the checks off
         * @description It has no results then. A table that is being read is read to its end.
         */
        post: operations["cancel-dqd-pass"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/quality/dqd/thresholds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the thresholds that the site has set, by check
         * @description Who set each, and why. A check that is not listed has the Data Quality Dashboard's own.
         */
        get: operations["list-dqd-thresholds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/quality/dqd/thresholds/{check_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set from how many percent on a check fails
         * @description Counts at once, also for passes made before. The note is shown with the result.
         */
        put: operations["set-dqd-threshold"];
        post?: never;
        /**
         * Let a check have its own threshold again
         * @description Counts at once, also for passes made before.
         */
        delete: operations["remove-dqd-threshold"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures for Prometheus
         * @description Of the whole installation, read from its database: it is enough to scrape one process. With METRICS_TOKEN it is the bearer token to send; without, only requests from the same machine are answered, and none that a proxy passes on.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process is alive
         * @description Asks nothing of the database, so that a supervisor restarts no process for the fault of another.
         */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the database and the queue can be reached, with all rights that are needed
         * @description 503 until they can: a load balancer sends nothing meanwhile.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ConnectionPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Connection"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        Connection: {
            /** @description Number of the connection. */
            connection_id: number;
            /** @description Name of the site, for people. */
            site_name: string;
            /** @description Name of the site, for machines: unique, lower case. */
            site_key: string;
            /**
             * @description Chooses the vendor's mapping preset.
             * @enum {string}
             */
            ehr_vendor: "epic" | "cerner" | "other";
            /**
             * Format: uri
             * @description Base of the FHIR R4 server. https, or http on this machine. Null for a site whose exports are delivered as files.
             */
            fhir_base_url: string | null;
            /**
             * Format: uri
             * @description OAuth token endpoint. Null: read from .well-known/smart-configuration of the FHIR server.
             */
            token_endpoint: string | null;
            /** @description Client id that the EHR registered for us. */
            client_id: string | null;
            /**
             * Format: uri
             * @description Where our public keys are published, as registered at the EHR; sent as `jku`.
             */
            jwks_url: string | null;
            /** @description OAuth scopes that are asked for, with blanks between. */
            scopes: string;
            /** @description Group to export. Null: the whole server, or as sync_config.level says. */
            group_id: string | null;
            /** @description _type of the export. Empty: everything that the scopes allow. */
            export_resource_types: string[];
            /** @description Name of the source in the CDM (cdm_source). Null: site_name. */
            target_source: string | null;
            /** @description Ask only for what changed since the last sync (`_since`). */
            incremental_enabled: boolean;
            sync_config: components["schemas"]["SyncConfig"];
            /** @description Whether syncs may be started, by hand or by schedule. */
            is_active: boolean;
            /** @description How many sync_config.cohort names; whom, only admins are shown. Null: it names nobody. */
            cohort_size: {
                /** @description Ids of Patients. */
                patients: number;
                /** @description Business identifiers. */
                identifiers: number;
            } | null;
            /** @description Whether a private key is stored. */
            has_private_key: boolean;
            /** @description Whether a client secret is stored. */
            has_client_secret: boolean;
            /**
             * Format: date-time
             * @description When the client certificate expires. Null: there is none.
             */
            client_certificate_expires_at: string | null;
            /** @description Settings whose change has cleared the credentials, or the client certificate alone, since they say where credentials go. Enter them again; a certificate that is not needed any more is cleared by null. Empty: none were cleared. */
            credentials_cleared: string[];
            /**
             * @description environment: its settings are the EHR_… variables, and are changed there. Null: they are changed here.
             * @enum {string|null}
             */
            managed_by: "environment" | null;
            /** @description transactionTime of the last sync that loaded everything; the next `_since`. Null: the next is full. */
            watermark: string | null;
            /**
             * Format: date-time
             * @description When the last run ended, or started while it is live.
             */
            last_sync_at: string | null;
            /** @description Status of the last run. */
            last_sync_status: string | null;
            /**
             * Format: date-time
             * @description When the connection was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        /** @description How this connection is synced. Unknown keys are refused. */
        SyncConfig: {
            /**
             * @description Export of the whole server, of all patients, or of one Group; or searches patient by patient. Left out: group with a group_id, else search for Epic and system for others.
             * @enum {string}
             */
            level?: "system" | "patient" | "group" | "search";
            /**
             * @description How the export is asked for. Left out: GET, or POST where the server says that it speaks Bulk Data 4 or refuses GET.
             * @enum {string}
             */
            kick_off_method?: "GET" | "POST";
            /** @description Version of the Bulk Data guide that the server speaks. Left out: what its CapabilityStatement says. */
            bulk_data_version?: number;
            /**
             * @description Prefer separate-export-status (Bulk Data 3). The header X-Export-Status is read whether asked for or not.
             * @default false
             */
            separate_export_status?: boolean;
            /**
             * @description Several types in one comma-separated parameter (every server up to Bulk Data 3), or one parameter each.
             * @default comma
             * @enum {string}
             */
            list_style?: "comma" | "repeat";
            /**
             * @description _typeFilter: FHIR searches such as "Observation?category=laboratory", one each. None of _sort, _include and their like.
             * @default []
             */
            type_filters?: string[];
            /**
             * @description _elements: elements to keep, such as "Patient.birthDate". Such resources are incomplete.
             * @default []
             */
            elements?: string[];
            /** @description _outputFormat, for servers that insist on one. */
            output_format?: string;
            /**
             * @description includeAssociatedData, such as "LatestProvenanceResources".
             * @default []
             */
            include_associated_data?: string[];
            /**
             * @description Ask for the files that are done while the export goes on (Bulk Data 3, allowPartialManifests), and download them.
             * @default false
             */
            allow_partial_manifests?: boolean;
            /**
             * @description A file with fewer lines than its manifest announces, at two readings: tell it, or also hold the watermark.
             * @default warn
             * @enum {string}
             */
            short_files?: "warn" | "hold";
            /**
             * @description A line that is no JSON, no resource, too long or damaged: hold the watermark until an export comes without, or only list it as failed.
             * @default hold
             * @enum {string}
             */
            unreadable_lines?: "hold" | "warn";
            /**
             * @description The server grants fewer scopes than were asked for: tell it and go on without those types, or fail the run.
             * @default warn
             * @enum {string}
             */
            missing_scopes?: "warn" | "fail";
            /**
             * @description Ask a Group for its members before each export: who joined gets their whole history, who left is reported.
             * @default off
             * @enum {string}
             */
            group_membership?: "off" | "request";
            /**
             * @description The next _since is this much earlier than the last transactionTime (searches: at least 300). Repeats cost nothing: they are recognised.
             * @default 0
             */
            since_overlap_seconds?: number;
            schedule?: components["schemas"]["Schedule"];
            limits?: components["schemas"]["SyncLimits"];
            search?: components["schemas"]["SyncSearch"];
            cohort?: components["schemas"]["SyncCohort"];
            hydrate?: components["schemas"]["SyncHydrate"];
            auth?: components["schemas"]["SyncAuth"];
            /**
             * @description Hosts besides the FHIR server that may be sent credentials and the access token. Without a port: that of https.
             * @default []
             */
            token_hosts?: string[];
            /**
             * @description Addresses and networks besides public ones that this connection may reach, such as "10.1.0.0/16". Cloud metadata never.
             * @default []
             */
            allowed_networks?: string[];
            /**
             * @description Behind a proxy, which looks names up: hosts of files and pages besides those that the connection names.
             * @default []
             */
            allowed_hosts?: string[];
            /**
             * @description Accept http: to hosts other than this machine. Everything, tokens too, then travels in the clear.
             * @default false
             */
            allow_http?: boolean;
            /**
             * @description From so many persons on the worklist of unmapped codes shows words that stand in place of a code, and what the EHR calls a code. Fewer are counted without a text, which may name a patient.
             * @default 5
             */
            unmapped_text_persons?: number;
            retention?: components["schemas"]["SyncRetention"];
            alerts?: components["schemas"]["SyncAlerts"];
            mapping?: components["schemas"]["SyncMapping"];
        };
        /** @description When a sync is started. Skipped, and said so, while a run is live; what was missed while nothing ran is made up for once. */
        Schedule: {
            /** @description Five fields: minute hour day-of-month month day-of-week, as in "30 2 * * *". This, or every_seconds. */
            cron?: string;
            /** @description From the start of one sync to that of the next, in the place of cron. */
            every_seconds?: number;
            /**
             * @description IANA time zone that the cron expression and the blackouts are meant in.
             * @default UTC
             */
            timezone?: string;
            /**
             * @description Windows in which nothing is started. What falls into one is made up for once at its end; what runs goes on.
             * @default []
             */
            blackouts?: components["schemas"]["Blackout"][];
            /**
             * @description Each sync starts up to so many minutes later, by chance, so that not all begin on the hour.
             * @default 0
             */
            jitter_minutes?: number;
            /**
             * @description Workers that start also start a sync, unless one was begun within ten minutes.
             * @default false
             */
            run_on_startup?: boolean;
        };
        /** @description A window in which the schedule starts nothing. */
        Blackout: {
            /** @description When it begins, such as "07:00". */
            from: string;
            /** @description When it ends; over midnight where that is earlier. */
            to: string;
            /** @description Days on which it begins. Left out: all. */
            days?: ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[];
        };
        /** @description Bounds of what one sync may take from the EHR and from the worker. */
        SyncLimits: {
            /**
             * @description Files downloaded at once from this EHR.
             * @default 3
             */
            parallel_downloads?: number;
            /**
             * @description Searches and reads of single resources made at once to this EHR.
             * @default 2
             */
            parallel_reads?: number;
            /**
             * @description Searches sent to this EHR, by all workers together.
             * @default 10
             */
            requests_per_second?: number;
            /**
             * @description Never poll the export more often than this.
             * @default 1
             */
            poll_min_seconds?: number;
            /**
             * @description Never wait longer than this between two polls.
             * @default 600
             */
            poll_max_seconds?: number;
            /**
             * @description A manifest that names more files is not believed: the run fails.
             * @default 1000000
             */
            export_max_files?: number;
            /**
             * @description A file that is longer (without compression) is given up; the others are loaded.
             * @default 274877906944
             */
            export_max_file_bytes?: number;
            /**
             * @description A run fails whose export takes longer, or that asks by searches and reads for longer (a retry goes on for as long again).
             * @default 168
             */
            export_max_hours?: number;
            /**
             * @description A reconciliation that finds a greater share of the stored resources vanished removes them only with an explicit override.
             * @default 5
             */
            vanished_percent?: number;
            /**
             * @description A longer NDJSON line is a failure, and is skipped.
             * @default 67108864
             */
            max_line_bytes?: number;
            /**
             * @description Bytes of NDJSON that are mapped in one transaction.
             * @default 2097152
             */
            chunk_bytes?: number;
            /**
             * @description Downloads pause while more text (without compression) waits to be mapped, and go on at half of it.
             * @default 2147483648
             */
            backlog_bytes?: number;
        };
        /** @description How searches are made (level "search"). */
        SyncSearch: {
            /**
             * @description Resources on a page (_count).
             * @default 100
             */
            count?: number;
            /**
             * @description By type: categories that are asked for, one search each; an empty list for no category. Left out: what the vendor demands.
             * @default {}
             */
            categories?: {
                [key: string]: string[];
            };
        };
        /** @description Whom searches are about. Left out: the members of group_id, else all Patients of the server. */
        SyncCohort: {
            /**
             * @description Ids of Patients.
             * @default []
             */
            patients?: string[];
            /**
             * @description Business identifiers, `system|value`. Each is looked for; what is not one Patient is listed in the view crawl_cohort.
             * @default []
             */
            identifiers?: string[];
        };
        /** @description Ask the server, one by one, for what its exports refer to and leave out. Left out: nothing is asked for. */
        SyncHydrate: {
            /**
             * @description Types that are asked for when something refers to one that did not come.
             * @default [
             *       "Medication"
             *     ]
             */
            types?: ("Medication" | "Practitioner" | "PractitionerRole" | "Organization" | "Location" | "Device" | "Encounter" | "Observation")[];
            /**
             * @description Ask for the text of documents and reports whose attachments come by URL alone: plain text, HTML, XML (also CDA) and RTF, of the FHIR server, token_hosts and allowed_hosts.
             * @default false
             */
            notes?: boolean;
            /**
             * @description A longer attachment is not taken.
             * @default 4194304
             */
            notes_max_bytes?: number;
            /**
             * @description What did not come is asked for again after so many days, and so is, by a full sync, what came.
             * @default 30
             */
            retry_after_days?: number;
        };
        /** @description Departures from SMART Backend Services that a server asks for. */
        SyncAuth: {
            /** @description `kid` of the client assertion with a key that was entered. Left out: the RFC 7638 thumbprint of the public key. */
            key_id?: string;
            /**
             * @description Signature of the client assertion. Left out: what the server lists and the key can; RS384 or ES384 first.
             * @enum {string}
             */
            algorithm?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384";
            /** @description `aud` of the client assertion, for servers that want another than their token endpoint: an address on its host or on that of the FHIR server, or one that the installation allows (ALLOWED_AUDIENCES). */
            audience?: string;
            /**
             * @description How the client proves itself. Left out: private_key_jwt with a private key, else client_secret_basic.
             * @enum {string}
             */
            token_auth?: "private_key_jwt" | "client_secret_basic" | "client_secret_post";
            /** @description Days after which another key takes over from one that was made here. Needs jwks_url: the EHR must read our keys. Left out: by command only. */
            rotate_days?: number;
            /**
             * @description Days that a key is published before it signs, and after it has signed.
             * @default 7
             */
            overlap_days?: number;
        };
        /** @description How long what was received is kept. */
        SyncRetention: {
            /**
             * @description Days that the exported lines are kept, so that a new vocabulary can be applied without a new export; "keep": for ever.
             * @default 30
             */
            chunks_days?: number | "keep";
            /**
             * @description Hours for which the words are kept that the EHR refuses something with, for administrators. They may name patients; 0: not kept, only codes.
             * @default 0
             */
            server_text_hours?: number;
        };
        /** @description When a person is told of a run or its absence. */
        SyncAlerts: {
            /**
             * @description Kinds of alerts that are not raised.
             * @default []
             */
            off?: ("unmapped-jump" | "volume-far" | "run-long" | "run-failed" | "watermark-held" | "connection-silent" | "nothing-received" | "type-missing" | "many-parked" | "certificate-expires")[];
            /**
             * @description Completed runs of the same mode that a run is compared with.
             * @default 10
             */
            history_runs?: number;
            /**
             * @description With fewer of them nothing is compared.
             * @default 3
             */
            min_runs?: number;
            /**
             * @description Smaller numbers of resources or rows are not compared.
             * @default 100
             */
            min_records?: number;
            /**
             * @description Percentage points by which the share without a Standard concept may exceed the median.
             * @default 5
             */
            unmapped_points?: number;
            /**
             * @description How many times more or less than the median is far.
             * @default 3
             */
            volume_factor?: number;
            /**
             * @description How many times the median is long.
             * @default 3
             */
            duration_factor?: number;
            /**
             * @description A shorter run is never long.
             * @default 15
             */
            duration_minutes?: number;
            /**
             * @description Hours after a scheduled sync was due and none was completed.
             * @default 12
             */
            silent_hours?: number;
        };
        /** @description Switches of the mapping, one for each point on which the authorities disagree. */
        SyncMapping: {
            /**
             * @description What person_source_value holds: an identifier of the Patient, or its resource id.
             * @default identifier
             * @enum {string}
             */
            person_source_value?: "identifier" | "resource-id";
            /** @description Identifier system preferred for person_source_value. */
            person_identifier_system?: string;
            /** @description Beginning of identifier systems preferred for it, where person_identifier_system finds none. */
            person_identifier_prefix?: string;
            /**
             * @description How much of a home address the location row holds.
             * @default state
             * @enum {string}
             */
            address?: "state" | "zip3" | "full";
            /**
             * @description Where provisional and differential diagnoses go.
             * @default condition
             * @enum {string}
             */
            provisional_conditions?: "condition" | "observation";
            /**
             * @description Intents of MedicationRequest that are loaded.
             * @default [
             *       "order",
             *       "original-order",
             *       "reflex-order",
             *       "filler-order",
             *       "instance-order"
             *     ]
             */
            medication_request_intents?: string[];
            /**
             * @description Also write a panel without a value of its own whose components carry the values.
             * @default false
             */
            panel_parents?: boolean;
            /**
             * @description Also write observations without a value or with a dataAbsentReason.
             * @default false
             */
            valueless_observations?: boolean;
            /**
             * @description First year in which a date is taken for one. Data with shifted dates may need another.
             * @default 1800
             */
            earliest_year?: number;
            /**
             * @description Last year in which a date is taken for one. Data with shifted dates may need another.
             * @default 2200
             */
            latest_year?: number;
            /**
             * @description Also load procedures whose status is unknown: for sources that send all of theirs so.
             * @default false
             */
            unknown_procedures?: boolean;
            /**
             * @description Kind of visit of a stay that was admitted from the emergency room: 9201, or 262.
             * @default inpatient
             * @enum {string}
             */
            emergency_admissions?: "inpatient" | "emergency-and-inpatient";
            /**
             * @description Events before birth, more than 60 days after death or after the day of the extract: loaded and found by the quality checks, or left out.
             * @default load
             * @enum {string}
             */
            implausible_events?: "load" | "exclude";
            /** @description Instants with another offset are moved to this zone. Left out: the wall-clock time as sent is kept. */
            timezone?: string;
            /**
             * @description Further code systems: URI or OID to vocabulary_id of the loaded vocabulary.
             * @default {}
             */
            code_systems?: {
                [key: string]: string;
            };
        };
        Problem: {
            /** @description URN of the kind of problem; ends in `code`. */
            type: string;
            /** @description The kind of problem, for people. */
            title: string;
            /** @description HTTP status. */
            status: number;
            /**
             * @description Stable code of the kind of problem. Later versions know more: expect others, too.
             * @enum {string}
             */
            code: "invalid-request" | "malformed-json" | "private-key-invalid" | "vocabulary-path-refused" | "vocabulary-source-missing" | "local-maps-unreadable" | "unauthorized" | "forbidden" | "not-found" | "connection-not-found" | "run-not-found" | "concept-not-found" | "vocabulary-load-not-found" | "local-map-not-found" | "token-not-found" | "dqd-pass-not-found" | "dqd-check-not-found" | "alert-not-found" | "connections-unknown" | "webhook-not-found" | "unmapped-code-not-found" | "method-not-allowed" | "connection-changed" | "site-key-taken" | "sync-already-running" | "connection-inactive" | "credentials-cleared" | "next-key-waits" | "no-next-key" | "connection-without-server" | "run-not-live" | "run-not-failed" | "run-still-live" | "import-still-live" | "run-not-last" | "reconciliation-not-found" | "reconciliation-confirmed" | "reconciliation-outdated" | "reconciliation-obstructed" | "reconciliation-count-differs" | "reconciliation-doubtful" | "patient-unknown" | "purge-not-found" | "purge-under-way" | "second-person-needed" | "second-person-unknown" | "second-person-same" | "approval-not-found" | "approval-closed" | "approval-outdated" | "too-many-approvals" | "connection-managed" | "connection-has-runs" | "dqd-pass-running" | "dqd-pass-ended" | "vocabulary-load-running" | "vocabulary-dir-not-set" | "vocabulary-not-loaded" | "local-map-conflict" | "local-maps-refused" | "audit-range-invalid" | "audit-range-whole" | "audit-range-too-broken" | "idempotency-key-reused" | "idempotency-key-busy" | "idempotency-answer-lost" | "text-refused" | "host-refused" | "too-many-wrong-credentials" | "too-many-requests" | "body-too-large" | "unsupported-media-type" | "internal-error" | "database-busy" | "identity-provider-unavailable" | "not-ready";
            /** @description What was expected, what came, what to do. */
            detail: string;
            /** @description Finds the request in the log. */
            request_id: string;
            /** @description Each fault of the request, where there are several or they have a place. */
            errors?: {
                /** @description Where in the request, as in "sync_config.limits". */
                path: string;
                /** @description What is wrong with it. */
                message: string;
            }[];
        };
        CreateConnection: {
            /** @description Name of the site, for people. */
            site_name: string;
            /** @description Name of the site, for machines: unique, lower case. */
            site_key: string;
            /**
             * @description Chooses the vendor's mapping preset.
             * @default other
             * @enum {string}
             */
            ehr_vendor?: "epic" | "cerner" | "other";
            /**
             * Format: uri
             * @description Base of the FHIR R4 server. https, or http on this machine. Null for a site whose exports are delivered as files.
             * @default null
             */
            fhir_base_url?: string | null;
            /**
             * Format: uri
             * @description OAuth token endpoint. Null: read from .well-known/smart-configuration of the FHIR server.
             * @default null
             */
            token_endpoint?: string | null;
            /**
             * @description Client id that the EHR registered for us.
             * @default null
             */
            client_id?: string | null;
            /**
             * Format: uri
             * @description Where our public keys are published, as registered at the EHR; sent as `jku`.
             * @default null
             */
            jwks_url?: string | null;
            /**
             * @description OAuth scopes that are asked for, with blanks between.
             * @default system/*.read
             */
            scopes?: string;
            /**
             * @description Group to export. Null: the whole server, or as sync_config.level says.
             * @default null
             */
            group_id?: string | null;
            /**
             * @description _type of the export. Empty: everything that the scopes allow.
             * @default []
             */
            export_resource_types?: string[];
            /**
             * @description Name of the source in the CDM (cdm_source). Null: site_name.
             * @default null
             */
            target_source?: string | null;
            /** @description Ask only for what changed since the last sync (`_since`). Left out: true, but false for epic, which has no `_since`. */
            incremental_enabled?: boolean;
            sync_config?: components["schemas"]["SyncConfig"];
            /**
             * @description Whether syncs may be started, by hand or by schedule.
             * @default true
             */
            is_active?: boolean;
            /** @description Private key in PEM: RSA from 2048 bits, or EC P-384 or P-256. Write-only, stored encrypted. */
            private_key_pem?: string | null;
            /** @description OAuth client secret, for servers without asymmetric authentication. Write-only, stored encrypted. */
            client_secret?: string | null;
            /** @description Certificate in PEM that is shown to the FHIR and token servers of this connection which ask for one (mTLS), with those between it and its authority behind it. Given with its key. Write-only. */
            client_certificate_pem?: string | null;
            /** @description Private key of client_certificate_pem in PEM. Write-only, stored encrypted. */
            client_certificate_key_pem?: string | null;
        };
        /** @description Fields that are given are replaced; others stay. Null clears a field. Credentials stay, unless what says where they go is changed and they are not given again (`credentials_cleared`). */
        UpdateConnection: {
            /** @description Name of the site, for people. */
            site_name?: string;
            /** @description Name of the site, for machines: unique, lower case. */
            site_key?: string;
            /**
             * @description Chooses the vendor's mapping preset.
             * @enum {string}
             */
            ehr_vendor?: "epic" | "cerner" | "other";
            /**
             * Format: uri
             * @description Base of the FHIR R4 server. https, or http on this machine. Null for a site whose exports are delivered as files.
             */
            fhir_base_url?: string | null;
            /**
             * Format: uri
             * @description OAuth token endpoint. Null: read from .well-known/smart-configuration of the FHIR server.
             */
            token_endpoint?: string | null;
            /** @description Client id that the EHR registered for us. */
            client_id?: string | null;
            /**
             * Format: uri
             * @description Where our public keys are published, as registered at the EHR; sent as `jku`.
             */
            jwks_url?: string | null;
            /** @description OAuth scopes that are asked for, with blanks between. */
            scopes?: string;
            /** @description Group to export. Null: the whole server, or as sync_config.level says. */
            group_id?: string | null;
            /** @description _type of the export. Empty: everything that the scopes allow. */
            export_resource_types?: string[];
            /** @description Name of the source in the CDM (cdm_source). Null: site_name. */
            target_source?: string | null;
            /** @description Ask only for what changed since the last sync (`_since`). */
            incremental_enabled?: boolean;
            sync_config?: components["schemas"]["SyncConfig"];
            /** @description Whether syncs may be started, by hand or by schedule. */
            is_active?: boolean;
            /** @description Private key in PEM: RSA from 2048 bits, or EC P-384 or P-256. Write-only, stored encrypted. */
            private_key_pem?: string | null;
            /** @description OAuth client secret, for servers without asymmetric authentication. Write-only, stored encrypted. */
            client_secret?: string | null;
            /** @description Certificate in PEM that is shown to the FHIR and token servers of this connection which ask for one (mTLS), with those between it and its authority behind it. Given with its key. Write-only. */
            client_certificate_pem?: string | null;
            /** @description Private key of client_certificate_pem in PEM. Write-only, stored encrypted. */
            client_certificate_key_pem?: string | null;
        };
        StartedRun: {
            /** @description Number of the new run. */
            run_id: number;
            /** @description Connection that it works on. */
            connection_id: number;
        };
        ConnectionTest: {
            /**
             * @description The worst of the steps.
             * @enum {string}
             */
            status: "ok" | "warning" | "failed";
            /** @description In order; after a failed step the others are skipped. */
            steps: {
                /**
                 * @description The token endpoint is found; the client assertion is made; the token endpoint takes it; the FHIR server answers; it has the Group, where one is to be exported.
                 * @enum {string}
                 */
                step: "discovery" | "jwt_assertion" | "token_exchange" | "fhir_metadata" | "group";
                /**
                 * @description How it went.
                 * @enum {string}
                 */
                status: "ok" | "warning" | "failed" | "skipped";
                /** @description Stable code of what was wrong, as errors of runs have it. */
                code: string | null;
                /** @description What was found, or what to do. */
                detail: string;
                /** @description How long it took. */
                ms: number;
            }[];
            /** @description How long all took. */
            total_ms: number;
            /** @description fhirVersion of the CapabilityStatement. */
            fhir_version: string | null;
            /** @description Software name and version of the server. */
            server_version: string | null;
        };
        ConnectionHealth: {
            /** @description Connection. */
            connection_id: number;
            /** @description Its site_key. */
            site_key: string;
            /** @description Whether health is "healthy". */
            healthy: boolean;
            /**
             * @description The worst that its reasons lead to: healthy; degraded (syncs are completed, but not well); never-synced; silent (by its schedule a sync is overdue); failing (the last run failed); paused (switched off, or by the circuit breaker).
             * @enum {string}
             */
            health: "healthy" | "degraded" | "never-synced" | "silent" | "failing" | "paused";
            /** @description Why it is not healthy, what weighs most first. */
            reasons: components["schemas"]["HealthReason"][];
            /** @description Whether it may be synced. */
            enabled: boolean;
            /** @description Whether a run is under way. */
            is_running: boolean;
            /** @description The run under way. */
            live_run_id: number | null;
            /** @description Its last run that ended. */
            last_run_id: number | null;
            /**
             * @description How that ended.
             * @enum {string|null}
             */
            last_run_status: "pending" | "exporting" | "downloading" | "processing" | "completed" | "failed" | "cancelled" | null;
            /**
             * Format: date-time
             * @description When that was asked for.
             */
            last_run_at: string | null;
            /**
             * Format: date-time
             * @description When a run last completed.
             */
            last_success_at: string | null;
            /**
             * Format: date-time
             * @description When its schedule starts the next sync; null without a schedule, and switched off.
             */
            next_run_at: string | null;
            /** @description Up to when the EHR has told everything: the watermark, as the server wrote it. */
            data_as_of: string | null;
        };
        HealthReason: {
            /** @description Stable code. */
            code: string;
            /** @description Types, a file, a scope, a step, an error code; empty for the whole. */
            subject: string;
            /** @description How many; null where nothing is counted. */
            amount: number | null;
            /** @description Run that it is of. */
            run_id: number | null;
            /** @description What is wrong. */
            message: string;
            /** @description What to do, where that can be told. */
            todo: string | null;
        };
        ConnectionSchedule: {
            /** @description Connection. */
            connection_id: number;
            /** @description sync_config.schedule. Null: syncs are started by hand. */
            schedule: {
                /** @description Five fields: minute hour day-of-month month day-of-week, as in "30 2 * * *". This, or every_seconds. */
                cron?: string;
                /** @description From the start of one sync to that of the next, in the place of cron. */
                every_seconds?: number;
                /**
                 * @description IANA time zone that the cron expression and the blackouts are meant in.
                 * @default UTC
                 */
                timezone?: string;
                /**
                 * @description Windows in which nothing is started. What falls into one is made up for once at its end; what runs goes on.
                 * @default []
                 */
                blackouts?: components["schemas"]["Blackout"][];
                /**
                 * @description Each sync starts up to so many minutes later, by chance, so that not all begin on the hour.
                 * @default 0
                 */
                jitter_minutes?: number;
                /**
                 * @description Workers that start also start a sync, unless one was begun within ten minutes.
                 * @default false
                 */
                run_on_startup?: boolean;
            } | null;
            /** @description The next five times at which a sync starts: the first with its jitter, those after it without. Empty without a schedule, and while the connection is switched off. */
            next: string[];
        };
        ConnectionKeys: {
            /** @description Key pairs that were made here, the next one first. */
            items: components["schemas"]["ConnectionKey"][];
        };
        ConnectionKey: {
            /** @description Name of the key: RFC 7638 thumbprint of its public half. */
            kid: string;
            /** @description Algorithm of its signatures. */
            algorithm: string;
            /**
             * @description Published and waiting; signing; published until the EHR has forgotten it.
             * @enum {string}
             */
            state: "next" | "current" | "previous";
            /**
             * Format: date-time
             * @description When it was made.
             */
            made_at: string;
            /**
             * Format: date-time
             * @description Since when it signs, or signed. Null: not yet.
             */
            signs_from: string | null;
            /**
             * Format: date-time
             * @description Until when it is published. Null: no end.
             */
            published_until: string | null;
        };
        CreateConnectionKey: {
            /**
             * @description ES384: EC on P-384. RS384: RSA.
             * @default ES384
             * @enum {string}
             */
            algorithm?: "ES384" | "RS384";
            /** @description Of an RSA key. Left out: 3072. */
            bits?: 3072 | 4096;
        };
        RotateConnectionKeys: {
            /**
             * @description Days that the key before stays published. 0: not at all, as after a leak.
             * @default 7
             */
            overlap_days?: number;
        };
        /** @description JWK Set (RFC 7517). */
        JwkSet: {
            /** @description Public keys; those that sign, and those that will or did. */
            keys: components["schemas"]["Jwk"][];
        };
        Jwk: {
            /**
             * @description Kind of key.
             * @enum {string}
             */
            kty: "RSA" | "EC";
            /** @description Name of the key, as in the header of our assertions. */
            kid: string;
            /**
             * @description It checks signatures.
             * @enum {string}
             */
            use: "sig";
            /** @description Algorithm of the signatures. */
            alg?: string;
            /** @description Modulus of an RSA key. */
            n?: string;
            /** @description Exponent of an RSA key. */
            e?: string;
            /** @description Curve of an EC key. */
            crv?: string;
            /** @description Coordinate of an EC key. */
            x?: string;
            /** @description Coordinate of an EC key. */
            y?: string;
        };
        StartedSync: {
            /** @description Number of the new run. */
            run_id: number;
            /** @description Connection that is synced. */
            connection_id: number;
            /**
             * @description Everything, or what changed since the watermark.
             * @enum {string}
             */
            mode: "full" | "incremental";
            /**
             * @description The run has not begun yet.
             * @enum {string}
             */
            status: "pending";
        };
        StartSync: {
            /**
             * @description Ask for everything again, whatever the watermark; unchanged resources are still recognised.
             * @default false
             */
            force_full?: boolean;
        };
        RunPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Run"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        Run: {
            /** @description Number of the run. */
            run_id: number;
            /** @description Connection that is synced. */
            connection_id: number;
            /**
             * @description Where the run is; the last three are final.
             * @enum {string}
             */
            status: "pending" | "exporting" | "downloading" | "processing" | "completed" | "failed" | "cancelled";
            /**
             * @description From a Bulk Data export, or from files on disk; or work on what is stored: mapped again with a new vocabulary, failures mapped again, what is gone taken out, a patient purged, the connection deleted. `patient`: some patients, by searches.
             * @enum {string}
             */
            kind: "export" | "import" | "remap" | "redrive" | "removal" | "purge" | "deletion" | "patient";
            /**
             * @description Everything, or what changed since the watermark.
             * @enum {string}
             */
            mode: "full" | "incremental";
            /** @description `_since` as it was sent; null for a full export. */
            since: string | null;
            /** @description Who or what started it. */
            triggered_by: string;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When its first step began.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it reached a final status.
             */
            finished_at: string | null;
            /** @description Seconds from the trigger to the end, or to now. */
            duration_seconds: number;
            /** @description The export's transactionTime, as the server wrote it. */
            transaction_time: string | null;
            /**
             * Format: date-time
             * @description When the export is asked about next.
             */
            next_poll_at: string | null;
            /** @description The server's own words on its progress (X-Progress), while it prepares the export. */
            export_progress: string | null;
            /** @description Resources received. */
            records_extracted: number;
            /** @description Of the loaded ones, those whose codes all have a Standard concept. */
            records_mapped: number;
            /** @description Rows written to the CDM. */
            records_written: number;
            /** @description Resources that should have been loaded and were not; each has its reason. */
            records_failed: number;
            /** @description Resources that were unchanged. */
            records_skipped: number;
            /** @description Resources rightly not loaded, by a rule. */
            records_excluded: number;
            /** @description Resources loaded. */
            records_loaded: number;
            /** @description Resources that wait for their Patient. */
            records_parked: number;
            /** @description Resources of earlier runs that were taken up again. */
            records_redriven: number;
            /** @description Resources taken out of the CDM: deleted or vanished at the source, or purged. Not received, so not in the sum. */
            records_removed: number;
            /** @description Percent of the loaded that are mapped; null when nothing was loaded. */
            mapping_coverage: number | null;
            /** @description Why the run failed; null otherwise. */
            error: {
                /** @description Step that failed. */
                step: string | null;
                /** @description Stable code. */
                code: string;
                /** @description What was expected, what came, what to do. */
                message: string | null;
            } | null;
            /** @description Why a live run does not get on; null when nothing is being tried again. */
            retrying: {
                /** @description Step that failed and is tried again. */
                step: string;
                /** @description Stable code of the error. */
                code: string;
                /** @description What was expected, what came, what to do. */
                message: string;
                /** @description Tries of that step so far. */
                attempt: number;
                /**
                 * Format: date-time
                 * @description When the last try failed.
                 */
                failed_at: string;
                /**
                 * Format: date-time
                 * @description When it is tried again; past while it is being tried.
                 */
                next_at: string;
                /** @description Steps that are being tried again, files for example; the one that failed last is shown. */
                steps: number;
            } | null;
            /** @description Reasons of failures for which the watermark did not move when the run was completed. */
            held_by: string[];
        };
        SyncPatients: {
            /** @description FHIR id of the Patient. */
            patient_id: string;
        } | {
            /** @description Business identifier, `system|value`. */
            identifier: string;
        } | {
            /** @description Up to a hundred. */
            patients: ({
                /** @description FHIR id of the Patient. */
                patient_id: string;
            } | {
                /** @description Business identifier, `system|value`. */
                identifier: string;
            })[];
        };
        RunDetail: components["schemas"]["Run"] & {
            /** @description What became of each type; extracted + redriven = unchanged + loaded + excluded + failed + parked. */
            by_type: {
                /** @description FHIR resource type. */
                resource_type: string;
                /** @description Received. */
                extracted: number;
                /** @description Taken up again from earlier runs. */
                redriven: number;
                /** @description Unchanged. */
                unchanged: number;
                /** @description Loaded. */
                loaded: number;
                /** @description Rightly not loaded. */
                excluded: number;
                /** @description Failed. */
                failed: number;
                /** @description Waiting for their Patient. */
                parked: number;
                /** @description Loaded with Standard concepts. */
                mapped: number;
            }[];
            /** @description Rows by CDM table. */
            by_table: {
                /** @description CDM table. */
                table_name: string;
                /** @description Rows written. */
                written: number;
                /** @description Rows deleted, those of replaced versions included. */
                deleted: number;
            }[];
            /** @description Why resources were not loaded, or were removed. */
            by_reason: {
                /** @description FHIR resource type. */
                resource_type: string;
                /** @description excluded, failed or parked; loaded for a part that was left out; removed from the CDM. */
                outcome: string;
                /** @description Rule or reason. */
                reason: string;
                /** @description How many. */
                resources: number;
            }[];
            /** @description Files of the export. Never their URLs, which may be signed. */
            files: {
                /** @description Place in the manifest. */
                file_no: number;
                /** @description output, deleted, error, members or hydrated (asked for one by one). */
                kind: string;
                /** @description Resource type that the manifest names. */
                type: string | null;
                /** @description pending, queued, done or failed. */
                state: string;
                /** @description Bytes of NDJSON that are here. */
                bytes: number;
                /** @description Lines that are here. */
                lines: number;
                /** @description Resources that the manifest announced. */
                expected_count: number | null;
                /**
                 * Format: date-time
                 * @description When it was complete, or given up.
                 */
                finished_at: string | null;
                /** @description Why it could not be had; null otherwise. The rest of the run went on. */
                error: {
                    /** @description Stable code. */
                    code: string;
                    /** @description What came. */
                    message: string;
                } | null;
            }[];
            /** @description How far a sync by searches is; null for others. */
            crawl: {
                /**
                 * @description Whom it is about: a Group, a list, everybody.
                 * @enum {string}
                 */
                cohort: "group" | "list" | "all";
                /** @description Patients found. */
                patients: number;
                /** @description Of whom everything was asked for. */
                patients_done: number;
                /** @description Entries of the cohort that are no patient, or several (view crawl_cohort). */
                not_found: number;
                /** @description Searches planned. */
                searches: number;
                /** @description Of them at their end. */
                searches_done: number;
                /** @description Of them given up, or of types that the server does not search. */
                searches_lost: number;
                /** @description Pages received. */
                requests: number;
                /** @description Requests that the server refused for a while. */
                throttled: number;
                /**
                 * Format: date-time
                 * @description When it may be done at its pace so far; null until then, and once it has ended.
                 */
                done_at: string | null;
            } | null;
            /** @description What the export left out and the server was asked for one by one (sync_config.hydrate). */
            hydration: {
                /** @description FHIR resource type. */
                resource_type: string;
                /** @description Not asked for yet. */
                wanted: number;
                /** @description Asked for: found + not_found + refused + unavailable. */
                asked: number;
                /** @description Came; mapped as if exported, and part of the sums above. */
                found: number;
                /** @description 404 or 410. */
                not_found: number;
                /** @description Another answer than the resource; asked for again after hydrate.retry_after_days. */
                refused: number;
                /** @description No answer, or the whole type is refused: the next sync asks again. */
                unavailable: number;
            }[];
            /** @description What a person should know of the run although it did not fail for it. */
            notices: components["schemas"]["RunNotice"][];
        };
        RunNotice: {
            /** @description Stable code. */
            code: string;
            /** @description A type, a scope, a file; empty where there is only one. */
            subject: string;
            /** @description How many. */
            amount: number;
            /** @description What happened and what to do. */
            message: string;
            /**
             * Format: date-time
             * @description When it was noticed.
             */
            at: string;
        };
        StartRedrive: {
            /** @description Only failures of this reason. */
            reason?: string;
            /** @description Only failures of this FHIR type. */
            resource_type?: string;
        };
        AskedAgain: {
            /** @description Resources that the next sync asks for again. */
            resources: number;
        };
        AskAgain: {
            /** @description Only resources of this FHIR type. */
            resource_type?: string;
        };
        ParkedPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Parked"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        Parked: {
            /** @description Key of the resource here. */
            resource_key: number;
            /** @description FHIR resource type. */
            resource_type: string;
            /** @description FHIR id. */
            fhir_id: string;
            /** @description FHIR type of what it waits for. */
            waits_for_type: string;
            /** @description Its FHIR id; `?` and a hash for a reference by business identifier. */
            waits_for_id: string;
            /** @description true: nothing of it is in the CDM. false: it is loaded without what it waits for. */
            is_parked: boolean;
            /** @description Why it is parked. */
            reason: string | null;
            /**
             * Format: date-time
             * @description When it began to wait.
             */
            since: string;
            /** @description How long that is. */
            age_hours: number;
            /** @description Run in which it began to wait; null for one loaded before. */
            since_run: number | null;
        };
        FailurePage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Failure"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        Failure: {
            /** @description Number of the failure. */
            failure_id: number;
            /** @description Run in which it failed. */
            run_id: number;
            /** @description FHIR resource type, where the line tells one. */
            resource_type: string | null;
            /** @description FHIR id, where the line tells one. */
            fhir_id: string | null;
            /** @description Stable reason. */
            reason: string;
            /** @description FHIR path of the element at fault, without its value. */
            field: string | null;
            /** @description File of the manifest. */
            file_no: number | null;
            /** @description Line of the file, from 1. */
            line: number | null;
            /**
             * Format: date-time
             * @description When it failed.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When a later version was processed; null while it is open.
             */
            resolved_at: string | null;
        };
        ExclusionPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Exclusion"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        Exclusion: {
            /** @description Key of the resource here. */
            resource_key: number;
            /** @description FHIR resource type. */
            resource_type: string;
            /** @description FHIR id. */
            fhir_id: string;
            /** @description The rule that keeps it out; explained in jobs/map/rules.ts. */
            rule: string | null;
            /** @description Run that last decided so. */
            last_run: number;
        };
        ServerTextPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["ServerText"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        ServerText: {
            /** @description Number of the text. */
            server_text_id: number;
            /** @description Run that was told it last; null for a test of the connection. */
            run_id: number | null;
            /** @description Step that was told it. */
            step: string;
            /** @description Code of the error that was made of the answer. */
            code: string;
            /** @description HTTP status; null where the words came in a file. */
            status: number | null;
            /** @description What the server said, on one line, without what steers a terminal. */
            text: string;
            /** @description How often the same words came. */
            times: number;
            /**
             * Format: date-time
             * @description When they came last.
             */
            said_at: string;
            /**
             * Format: date-time
             * @description When they are let go.
             */
            expires_at: string;
        };
        ReconciliationPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Reconciliation"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        Reconciliation: {
            /** @description The run whose export was compared. */
            run_id: number;
            /** @description Connection. */
            connection_id: number;
            /**
             * @description What there is to do.
             * @enum {string}
             */
            state: "to-confirm" | "confirmed" | "nothing-vanished" | "obstructed" | "outdated";
            /**
             * Format: date-time
             * @description When it was compared.
             */
            compared_at: string;
            /** @description Types that came, and so were compared. */
            types: string[];
            /** @description Types that are stored and asked for, of which nothing came: not compared. */
            types_missing: string[];
            /** @description Resources of the compared types that were stored before. */
            stored: number;
            /** @description Of these, the ones that the export did not hold. */
            vanished: number;
            /** @description The same in percent; null when nothing was stored. */
            vanished_percent: number | null;
            /** @description Why nothing may be removed: export-incomplete, lines-unreadable, scope-changed. */
            obstacles: string[];
            /** @description Why removing needs `override`: many-vanished, fewer-lines-than-announced. */
            doubts: string[];
            /**
             * Format: date-time
             * @description When a person confirmed it.
             */
            confirmed_at: string | null;
            /** @description Who. */
            confirmed_by: string | null;
            /** @description The run that takes the vanished out. */
            removal_run: number | null;
            /** @description Of the vanished: taken out, or found to have come again. */
            removed: number;
        };
        VanishedPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Vanished"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        Vanished: {
            /** @description Key of the resource here. */
            resource_key: number;
            /** @description FHIR resource type. */
            resource_type: string;
            /** @description FHIR id. */
            fhir_id: string;
            /** @description Taken out, or found to have come again. */
            removed: boolean;
        };
        ConfirmReconciliation: {
            /** @description The number that was reported: nobody confirms unseen. */
            vanished: number;
            /**
             * @description Remove them although there are doubts.
             * @default false
             */
            override?: boolean;
        };
        Purge: {
            /** @description Number of the purge. */
            purge_id: number;
            /** @description Connection. */
            connection_id: number;
            /**
             * @description requested: waits for its turn among the runs; nothing of the patient is loaded any more.
             * @enum {string}
             */
            state: "requested" | "running" | "done" | "lifted";
            /** @description Why, in words of who asked. */
            reason: string;
            /** @description Who asked. */
            requested_by: string;
            /**
             * Format: date-time
             * @description When.
             */
            requested_at: string;
            /** @description The run that purges; null before its turn. */
            run_id: number | null;
            /** @description Resources that were purged; null until it is done. */
            resources: number | null;
            /**
             * Format: date-time
             * @description When it was done.
             */
            finished_at: string | null;
            /**
             * Format: date-time
             * @description Since when the patient may be loaded again.
             */
            lifted_at: string | null;
            /** @description Who lifted it. */
            lifted_by: string | null;
        };
        StartPurge: {
            /** @description FHIR id of the Patient. */
            patient_id: string;
            /**
             * @description Also when nothing of the patient is here: they are kept out from the start.
             * @default false
             */
            unknown?: boolean;
            /** @description Why, e.g. "opt-out". Kept: must not name the patient. */
            reason: string;
        };
        PurgePage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Purge"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        ApprovalPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Approval"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        /**
         * @example {
         *       "approval_id": 4,
         *       "connection_id": 7,
         *       "operation": "start-purge",
         *       "need": "purge",
         *       "object": "connection/7",
         *       "shown": {
         *         "reason": "opt-out",
         *         "unknown": false
         *       },
         *       "requested_by": "api:ada",
         *       "state": "pending",
         *       "requested_at": "2026-11-29T08:00:00Z",
         *       "expires_at": "2026-11-30T08:00:00Z",
         *       "decided_by": null,
         *       "decided_at": null,
         *       "result": null
         *     }
         */
        Approval: {
            /** @description Number of the approval. */
            approval_id: number;
            /** @description Connection that it is about. */
            connection_id: number;
            /** @description Operation of this API that was asked for. */
            operation: string;
            /**
             * @description Word of REQUIRE_SECOND_PERSON by which it needs a second person.
             * @enum {string}
             */
            need: "purge" | "confirm" | "endpoint";
            /** @description What it acts on, as in "connection/7" or "run/12". */
            object: string;
            /** @description What would be done: of settings before and after, of secrets only that they change. */
            shown: {
                [key: string]: unknown;
            };
            /** @description Who asked. */
            requested_by: string;
            /**
             * Format: date-time
             * @description When.
             */
            requested_at: string;
            /**
             * Format: date-time
             * @description From when on nobody can approve it any more.
             */
            expires_at: string;
            /**
             * @description outdated: what it concerns had changed when somebody wanted to approve it.
             * @enum {string}
             */
            state: "pending" | "approved" | "refused" | "expired" | "outdated";
            /** @description Who approved or refused it. */
            decided_by: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            decided_at: string | null;
            /** @description What came of it, as in "purge/3", "run/12". */
            result: string | null;
        };
        /**
         * @example {
         *       "approval_id": 4,
         *       "connection_id": 7,
         *       "operation": "start-purge",
         *       "need": "purge",
         *       "object": "connection/7",
         *       "shown": {
         *         "reason": "opt-out",
         *         "unknown": false
         *       },
         *       "requested_by": "api:ada",
         *       "state": "pending",
         *       "requested_at": "2026-11-29T08:00:00Z",
         *       "expires_at": "2026-11-30T08:00:00Z",
         *       "decided_by": null,
         *       "decided_at": null,
         *       "result": null,
         *       "patient_id": "eq081-VQEgP8drUUqCWzHfw3"
         *     }
         */
        OneApproval: components["schemas"]["Approval"] & {
            /** @description FHIR id of the Patient, while a purge waits: whoever approves must know whom. Else null. */
            patient_id: string | null;
        };
        Dashboard: {
            /**
             * Format: date-time
             * @description When this was computed.
             */
            generated_at: string;
            /** @description Over all connections and runs. */
            totals: {
                /** @description Connections. */
                connections: number;
                /** @description Of them active. */
                connections_active: number;
                /** @description Runs ever. */
                runs: number;
                /** @description Runs under way. */
                runs_live: number;
                /** @description Runs that completed. */
                runs_completed: number;
                /** @description Runs that failed. */
                runs_failed: number;
                /** @description Resources received. */
                records_extracted: number;
                /** @description Resources loaded with Standard concepts. */
                records_mapped: number;
                /** @description Resources loaded. */
                records_loaded: number;
                /** @description Rows written to the CDM. */
                records_written: number;
                /** @description Resources that were unchanged. */
                records_skipped: number;
                /** @description Resources rightly not loaded. */
                records_excluded: number;
                /** @description Resources that failed. */
                records_failed: number;
                /** @description Failures that no later version has resolved. */
                records_failed_open: number;
                /** @description Resources that wait for their Patient now. */
                parked_open: number;
                /** @description Percent of the loaded that are mapped. */
                mapping_coverage: number | null;
            };
            /** @description Whether somebody works on what is live or pending. */
            workers: {
                /**
                 * Format: date-time
                 * @description Last sign of life of a worker or tick; null when there never was one.
                 */
                seen_at: string | null;
                /** @description Whether one was seen within the last 90 seconds. */
                running: boolean;
            };
            /** @description From what was received to what is in the CDM, by connection (view pipeline_funnel). */
            funnel: {
                /** @description Connection. */
                connection_id: number;
                /** @description Its site_key. */
                site_key: string;
                /** @description Received. */
                extracted: number;
                /** @description Unchanged. */
                unchanged: number;
                /** @description Loaded with Standard concepts. */
                mapped: number;
                /** @description Loaded. */
                loaded: number;
                /** @description CDM rows written. */
                rows_written: number;
                /** @description Rightly not loaded. */
                excluded: number;
                /** @description Failed. */
                failed: number;
                /** @description Waiting for their Patient. */
                parked: number;
            }[];
            /** @description The last 30 days, oldest first (as in the view sync_timeline_30d). */
            timeline: {
                /** @description Day, UTC. */
                day: string;
                /** @description Runs started. */
                runs: number;
                /** @description Of them completed. */
                completed: number;
                /** @description Of them failed. */
                failed: number;
                /** @description Of them cancelled. */
                cancelled: number;
                /** @description Of them still under way. */
                live: number;
                /** @description Resources received. */
                extracted: number;
                /** @description Resources loaded. */
                loaded: number;
                /** @description CDM rows written. */
                rows_written: number;
                /** @description Resources that failed. */
                records_failed: number;
            }[];
            /** @description How each connection is doing (view connection_health). */
            connections: {
                /** @description Connection. */
                connection_id: number;
                /** @description Its site_key. */
                site_key: string;
                /** @description Its name. */
                site_name: string;
                /** @description Whether it may be synced. */
                is_active: boolean;
                /**
                 * @description The worst that its reasons lead to: healthy; degraded (syncs are completed, but not well); never-synced; silent (by its schedule a sync is overdue); failing (the last run failed); paused (switched off, or by the circuit breaker).
                 * @enum {string}
                 */
                health: "healthy" | "degraded" | "never-synced" | "silent" | "failing" | "paused";
                /** @description Why it is not healthy, what weighs most first. */
                reasons: components["schemas"]["HealthReason"][];
                /** @description Status of its last run that ended. */
                last_status: string | null;
                /**
                 * Format: date-time
                 * @description When that was.
                 */
                last_sync_at: string | null;
                /**
                 * Format: date-time
                 * @description When it last completed.
                 */
                last_success_at: string | null;
                /** @description Hours since. */
                hours_since_success: number | null;
                /** @description Runs in 30 days. */
                runs_30d: number;
                /** @description Of them failed. */
                failed_30d: number;
                /** @description Percent of the finished that completed. */
                success_rate_30d: number | null;
                /** @description Failures that no later version has resolved. */
                records_failed_open: number;
                /** @description Resources that wait for their Patient now. */
                parked_open: number;
                /** @description Percent of all that its runs loaded that are mapped. */
                mapping_coverage: number | null;
                /** @description The next `_since`. */
                watermark: string | null;
                /** @description Run under way. */
                live_run_id: number | null;
                /** @description Its last run that ended. */
                last_run_id: number | null;
                /** @description Notices of the run under way, of the last one and of the last completed sync. */
                notices: (components["schemas"]["RunNotice"] & {
                    /** @description Run that it is of. */
                    run_id: number;
                })[];
            }[];
            /** @description The last 20 runs, newest first. */
            recent_runs: components["schemas"]["Run"][];
        };
        AlertPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Alert"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        Alert: {
            /** @description Number of the alert. */
            alert_id: number;
            /** @description Connection that it is about; null: the installation. */
            connection_id: number | null;
            /** @description The connection's site_key. */
            site_key: string | null;
            /** @description Run in which it was found last. */
            run_id: number | null;
            /**
             * @description What sort of thing happened.
             * @enum {string}
             */
            kind: "unmapped-jump" | "volume-far" | "run-long" | "run-failed" | "watermark-held" | "connection-silent" | "nothing-received" | "type-missing" | "many-parked" | "certificate-expires" | "credentials-guessed";
            /** @description Code system, type/<resource type>, table/<CDM table> or error code; empty for the whole. */
            subject: string;
            /** @description What was found, for people. */
            message: string;
            /** @description Percent, resources, rows, seconds or hours, as the kind has it. */
            measured: number | null;
            /** @description What the last runs had: their median. */
            expected: number | null;
            /** @description How often it was found since it was raised. */
            times: number;
            /**
             * @description open, acknowledged by a person, or over.
             * @enum {string}
             */
            state: "open" | "acknowledged" | "resolved";
            /**
             * Format: date-time
             * @description When it was found first.
             */
            raised_at: string;
            /**
             * Format: date-time
             * @description When it was found last.
             */
            last_at: string;
            /**
             * Format: date-time
             * @description When a person had seen it.
             */
            acknowledged_at: string | null;
            /** @description Who that was. */
            acknowledged_by: string | null;
            /**
             * Format: date-time
             * @description When it was over.
             */
            resolved_at: string | null;
            /**
             * Format: date-time
             * @description When the webhook took it; null without a webhook.
             */
            delivered_at: string | null;
            /** @description Code of the last failure to deliver it. */
            delivery_error: string | null;
        };
        Webhook: {
            /** @description Number of the receiver. */
            webhook_id: number;
            /** @description What it is for. */
            name: string;
            /** @description Host of its address. The rest is not shown: at some services it is a secret. */
            host: string;
            /** @description Types of events that it gets. Empty: all, also those that later versions have. */
            events: ("alert.raised" | "run.completed" | "run.failed" | "run.cancelled")[];
            /** @description Connections whose events it gets. Null: all, and those of the installation. */
            connections: number[] | null;
            /** @description Addresses and networks besides public ones that it may be at, such as "10.1.0.0/16". */
            allowed_networks: string[];
            /** @description Whether it gets events. An answer 410 switches it off. */
            is_active: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
        };
        /** @description Fields that are given are replaced; others stay. */
        UpdateWebhook: {
            /** @description What it is for. */
            name?: string;
            /**
             * Format: uri
             * @description Where events are posted: https, or http on this machine. Write-only, stored encrypted.
             */
            url?: string;
            /** @description Types of events that it gets. Empty: all, also those that later versions have. */
            events?: ("alert.raised" | "run.completed" | "run.failed" | "run.cancelled")[];
            /** @description Connections whose events it gets. Null: all, and those of the installation. */
            connections?: number[] | null;
            /** @description Addresses and networks besides public ones that it may be at, such as "10.1.0.0/16". */
            allowed_networks?: string[];
            /** @description Whether it gets events. An answer 410 switches it off. */
            is_active?: boolean;
        };
        WebhookDelivery: {
            /** @description Number of the delivery. */
            delivery_id: number;
            /** @description Header webhook-id, the same for each try. */
            event_id: string;
            /** @description Type of the event. */
            type: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            created_at: string;
            /** @description Tries so far. */
            attempts: number;
            /**
             * Format: date-time
             * @description When it was tried last.
             */
            last_at: string | null;
            /** @description HTTP status of the last answer; null: there was none. */
            status: number | null;
            /** @description Code of what the last try failed for. */
            error: string | null;
            /**
             * Format: date-time
             * @description When the receiver took it; null: not yet, or never.
             */
            delivered_at: string | null;
        };
        WebhookPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["Webhook"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        WebhookDeliveryPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["WebhookDelivery"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        CreatedWebhook: components["schemas"]["Webhook"] & {
            /** @description With which events are signed, as verifiers of Standard Webhooks take it. It is shown this once. */
            secret: string;
        };
        CreateWebhook: {
            /** @description What it is for. */
            name: string;
            /**
             * Format: uri
             * @description Where events are posted: https, or http on this machine. Write-only, stored encrypted.
             */
            url: string;
            /**
             * @description Types of events that it gets. Empty: all, also those that later versions have.
             * @default []
             */
            events?: ("alert.raised" | "run.completed" | "run.failed" | "run.cancelled")[];
            /**
             * @description Connections whose events it gets. Null: all, and those of the installation.
             * @default null
             */
            connections?: number[] | null;
            /**
             * @description Addresses and networks besides public ones that it may be at, such as "10.1.0.0/16".
             * @default []
             */
            allowed_networks?: string[];
            /**
             * @description Whether it gets events. An answer 410 switches it off.
             * @default true
             */
            is_active?: boolean;
        };
        SourceToStandard: components["schemas"]["MappedCode"] & {
            /** @description Release that answered. */
            release_id: number;
            /** @description Version of the release. */
            version: string;
        };
        /**
         * @example {
         *       "concept_id": 201826,
         *       "concept_name": "Type 2 diabetes mellitus",
         *       "domain_id": "Condition",
         *       "vocabulary_id": "SNOMED",
         *       "concept_class_id": "Disorder",
         *       "standard_concept": "S",
         *       "concept_code": "44054006",
         *       "invalid_reason": null
         *     }
         */
        Concept: {
            /** @description Id of the concept. */
            concept_id: number;
            /** @description Its name. */
            concept_name: string;
            /** @description Domain; of a Standard concept it chooses the table. */
            domain_id: string;
            /** @description Vocabulary it comes from. */
            vocabulary_id: string;
            /** @description Class within its vocabulary. */
            concept_class_id: string;
            /** @description S: Standard. C: classification. Null: neither. */
            standard_concept: string | null;
            /** @description Code in its vocabulary. */
            concept_code: string;
            /** @description D: deleted. U: replaced. Null: valid. */
            invalid_reason: string | null;
        };
        MappedCode: {
            /** @description System as asked. */
            system: string;
            /** @description Code as asked. */
            code: string;
            /** @description Vocabularies that the system stands for. A local map may also name the system itself. */
            vocabularies: string[];
            /**
             * @description What gave the targets: a row of source_to_concept_map, the vocabulary, the concept that replaced a retired one; or nothing did.
             * @enum {string}
             */
            decided_by: "local-map" | "vocabulary" | "replacement" | "nothing";
            /** @description Concept of the code itself; null when the release lacks it. */
            source: components["schemas"]["Concept"] | null;
            /** @description Valid Standard concepts; the domain of each chooses its table. */
            targets: components["schemas"]["Concept"][];
            /** @description Targets of "Maps to value": what goes into value_as_concept_id. */
            values: components["schemas"]["Concept"][];
            /** @description What took the place of a source concept that is no longer valid. */
            replaced_by: components["schemas"]["Concept"][];
        };
        SourceToStandardBatch: {
            /** @description Release that answered. */
            release_id: number;
            /** @description Version of the release. */
            version: string;
            /** @description In the order asked. */
            codes: components["schemas"]["MappedCode"][];
        };
        /**
         * @example {
         *       "codes": [
         *         {
         *           "system": "http://snomed.info/sct",
         *           "code": "44054006"
         *         },
         *         {
         *           "system": "urn:oid:2.16.840.1.113883.6.90",
         *           "code": "E119"
         *         }
         *       ]
         *     }
         */
        SourceBatch: {
            /** @description Codes, at most 1000. */
            codes: {
                /** @description Code system as FHIR has it: a URI, an OID (`urn:oid:…` or bare), or the name of a vocabulary. */
                system: string;
                /** @description Code in that system, as sent. */
                code: string;
            }[];
            /** @description Connection that sends the codes: its own code systems and its vendor count. */
            connection_id?: number;
            /** @description The same by its site_key. */
            site_key?: string;
        };
        SearchResult: {
            /** @description Best first: codes, the exact name, names with few other words; Standard before others. */
            items: {
                concept: components["schemas"]["Concept"];
                /**
                 * @description What the words were found in.
                 * @enum {string}
                 */
                matched: "code" | "name" | "synonym";
                /** @description The synonym that matched; null for the others. */
                matched_text: string | null;
            }[];
            /** @description There are more: ask again with a higher offset. */
            more: boolean;
            /**
             * @description building: the release is new, and names are only compared from their beginning for now.
             * @enum {string}
             */
            index: "ready" | "building";
            /** @description Whether misspelt words are found; false while building, or without the extension pg_trgm. */
            forgives_typos: boolean;
            /** @description Words that gave next to nothing and were taken for similar ones. */
            corrected: {
                /** @description Word as typed. */
                typed: string;
                /** @description Words that it was taken for as well. */
                taken_as: string[];
            }[];
            /** @description Words that are in no name and were left out. */
            ignored: string[];
        };
        /**
         * @example {
         *       "concept_id": 201826,
         *       "concept_name": "Type 2 diabetes mellitus",
         *       "domain_id": "Condition",
         *       "vocabulary_id": "SNOMED",
         *       "concept_class_id": "Disorder",
         *       "standard_concept": "S",
         *       "concept_code": "44054006",
         *       "invalid_reason": null,
         *       "valid_start_date": "2002-01-31",
         *       "valid_end_date": "2099-12-31",
         *       "synonyms": [
         *         {
         *           "name": "Type II diabetes mellitus",
         *           "language_concept_id": 4180186
         *         }
         *       ],
         *       "relationships": [
         *         {
         *           "relationship_id": "Maps to",
         *           "invalid_reason": null,
         *           "concept": {
         *             "concept_id": 201826,
         *             "concept_name": "Type 2 diabetes mellitus",
         *             "domain_id": "Condition",
         *             "vocabulary_id": "SNOMED",
         *             "concept_class_id": "Disorder",
         *             "standard_concept": "S",
         *             "concept_code": "44054006",
         *             "invalid_reason": null
         *           }
         *         }
         *       ],
         *       "more_relationships": true,
         *       "ancestors": [],
         *       "more_ancestors": false,
         *       "children": 12
         *     }
         */
        ConceptDetail: components["schemas"]["Concept"] & {
            /** @description First day on which it is valid. */
            valid_start_date: string;
            /** @description Last day on which it is valid. */
            valid_end_date: string;
            /** @description Other names, at most 200. */
            synonyms: {
                /** @description Another name. */
                name: string;
                /** @description Language of the name; 4180186 is English. */
                language_concept_id: number;
            }[];
            /** @description A page of relationships to concepts of this release: valid ones first, mappings before others. */
            relationships: {
                /** @description From this concept to the other, such as "Maps to". */
                relationship_id: string;
                /** @description D: withdrawn. Null: valid. */
                invalid_reason: string | null;
                concept: components["schemas"]["Concept"];
            }[];
            /** @description There are more: ask again with a higher offset. */
            more_relationships: boolean;
            /** @description Concepts above this one, nearest first, at most 200. */
            ancestors: {
                /** @description Levels between the two by the shortest way. */
                min_levels: number;
                /** @description And by the longest. */
                max_levels: number;
                concept: components["schemas"]["Concept"];
            }[];
            /** @description There are more ancestors than these. */
            more_ancestors: boolean;
            /** @description Number of concepts one level below. */
            children: number;
        };
        VocabularyReleases: {
            /** @description The release in use; null when none was ever loaded. */
            current: components["schemas"]["VocabularyRelease"] | null;
            /** @description What the current release holds, largest first. */
            vocabularies: {
                /** @description Id of the vocabulary. */
                vocabulary_id: string;
                /** @description Its name. */
                vocabulary_name: string;
                /** @description Its version in this release. */
                vocabulary_version: string | null;
                /** @description Concepts of it. */
                concepts: number;
                /** @description Of these, Standard ones. */
                standard: number;
            }[];
            /** @description Releases before it, newest first, at most 100. */
            earlier: components["schemas"]["VocabularyRelease"][];
        };
        VocabularyRelease: {
            /** @description Number of the release here. */
            release_id: number;
            /** @description vocabulary_version of the row whose vocabulary_id is None. */
            version: string;
            /** @description File or folder it was loaded from. */
            source: string;
            /** @description Concepts in it. */
            concepts: number;
            /** @description Relationships in it. */
            relationships: number;
            /**
             * Format: date-time
             * @description When it was loaded.
             */
            loaded_at: string;
        };
        RemapReport: {
            /** @description The loaded release. */
            release_id: number;
            /** @description Its version. */
            version: string;
            /** @description What it means for each connection. */
            connections: components["schemas"]["RemapConnection"][];
            /** @description The codes in use that change, the most frequent first. */
            changes: components["schemas"]["RemapChange"][];
            /** @description How many codes change; `changes` holds at most `limit`. */
            changes_total: number;
        };
        RemapConnection: {
            /** @description Connection. */
            connection_id: number;
            /** @description Its site key. */
            site_key: string;
            /** @description Codes in use that are answered otherwise. */
            codes: number;
            /** @description Chunks that hold resources with such codes. */
            chunks: number;
            /** @description Of these, how many are no longer kept (sync_config.retention.chunks_days). */
            chunks_gone: number;
            /** @description Of these, how many were mapped before answers were kept; a remap maps all of them. */
            chunks_unknown: number;
            /** @description Resources that a remap maps again, at most. */
            records: number;
            /** @description Resources that only a full sync can map again, at most. */
            records_gone: number;
            /** @description Resources that an earlier remap left for a full sync. */
            records_to_send_again: number;
            /** @description A remap alone does not bring it up to date. */
            needs_full_sync: boolean;
        };
        RemapChange: {
            /**
             * @description What was asked: where a code leads, whether a concept is Standard, whether one descends from another.
             * @enum {string}
             */
            kind: "code" | "concept" | "ancestor";
            /** @description Code system as sent. */
            system: string;
            /** @description Code as sent; of the other kinds concept ids. */
            code: string;
            /** @description Name of the code's own concept, where the vocabulary has it. */
            display: string | null;
            /**
             * @description details: the same concepts, but other values, source concept, class or vocabulary.
             * @enum {string}
             */
            change: "newly-mapped" | "newly-unmapped" | "domain-moved" | "other-concept" | "details";
            /** @description Rows go to another table, or may. */
            domain_move: boolean;
            before: components["schemas"]["RemapSide"];
            after: components["schemas"]["RemapSide"];
            /** @description Resources that asked for it, at most: some may have come anew in another chunk. */
            records: number;
            /** @description Chunks that hold them. */
            chunks: number;
            /** @description Of these, how many are no longer kept. */
            chunks_gone: number;
            /** @description Connections that use it. */
            site_keys: string[];
        };
        /** @description How it is answered: before as the resources were mapped, after as the vocabulary answers now. */
        RemapSide: {
            /** @description The code's own concept; 0 without one. */
            source_concept_id: number;
            /** @description What it is mapped to; none: rows have concept 0. */
            concepts: {
                /** @description Standard concept. */
                concept_id: number;
                /** @description Its name; null when the loaded release no longer has it. */
                name: string | null;
                /** @description Its domain. */
                domain: string;
            }[];
            /** @description Targets of `Maps to value`. */
            values: {
                /** @description Standard concept. */
                concept_id: number;
                /** @description Its name; null when the loaded release no longer has it. */
                name: string | null;
                /** @description Its domain. */
                domain: string;
            }[];
        };
        StartedRemaps: {
            /** @description Followed like any other run of the connection. */
            started: {
                /** @description Connection. */
                connection_id: number;
                /** @description Its site key. */
                site_key: string;
                /** @description Its new run. */
                run_id: number;
            }[];
            /** @description Connections with a live run: ask again when it has ended. */
            skipped: {
                /** @description Connection. */
                connection_id: number;
                /** @description Its site key. */
                site_key: string;
                /** @description Stable code. */
                code: string;
                /** @description Why not, and what to do. */
                detail: string;
            }[];
        };
        StartRemap: {
            /** @description Left out: every connection. */
            connection_id?: number;
            /**
             * @description Map again whatever was not mapped with the mapping code, settings and vocabulary of now, not only what the vocabulary answers otherwise.
             * @default false
             */
            all?: boolean;
        };
        Ticked: {
            /** @description Jobs that were run. */
            jobs: number;
            /** @description Nothing more is ready; false when the budget was used up: tick again. */
            idle: boolean;
            /**
             * Format: date-time
             * @description When the next tick has something to do; null when nothing is waiting.
             */
            next_at: string | null;
        };
        /**
         * @example {
         *       "load_id": 3,
         *       "path": "2026-02.zip",
         *       "state": "running",
         *       "step": "index",
         *       "table": "concept_relationship",
         *       "rows": 81529408,
         *       "fraction": 0.61,
         *       "seconds": 214.2,
         *       "warnings": [],
         *       "error": null,
         *       "release_id": null,
         *       "requested_by": "api:admin",
         *       "created_at": "2026-03-01T08:00:00Z",
         *       "started_at": "2026-03-01T08:00:01Z",
         *       "finished_at": null
         *     }
         */
        VocabularyLoad: {
            /** @description Number of the load. */
            load_id: number;
            /** @description Folder or zip, from VOCABULARY_DIR. */
            path: string;
            /**
             * @description The last two are final. A load that cannot begin yet is queued again and says in `error` what is in the way.
             * @enum {string}
             */
            state: "queued" | "running" | "loaded" | "failed";
            /**
             * @description What it is at.
             * @enum {string|null}
             */
            step: "copy" | "index" | "swap" | null;
            /** @description Which table it is at. */
            table: string | null;
            /** @description Rows of all tables so far. */
            rows: number;
            /** @description Done of the whole work, 0 to 1. */
            fraction: number;
            /** @description Since it began, until it ended or now. */
            seconds: number | null;
            /** @description What the release lacks. */
            warnings: string[];
            /** @description Why it failed. */
            error: {
                /** @description Stable code. */
                code: string;
                /** @description What was expected, what came, what to do; with file and line. */
                message: string;
            } | null;
            /** @description The release that it became; null until it is in use. Until then the old one is read. */
            release_id: number | null;
            /** @description Who asked for it. */
            requested_by: string;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at: string | null;
        };
        /**
         * @example {
         *       "path": "vocabulary_download_v5.zip"
         *     }
         */
        StartVocabularyLoad: {
            /** @description Athena's download on the server: a zip, or the folder it was unpacked to; from VOCABULARY_DIR, and in it. */
            path: string;
        };
        VocabularyLoadPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["VocabularyLoad"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        LocalMapPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["LocalMap"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        LocalMap: {
            /** @description Changes with what identifies the map: its code, target and validity. */
            map_id: string;
            /**
             * @description Short name of the code system.
             * @example House lab
             */
            source_vocabulary_id: string;
            /** @description URIs of the code systems that go by this name. */
            systems: string[];
            /**
             * @description Code as the EHR sends it.
             * @example GLU-7
             */
            source_code: string;
            /** @description What the code means. */
            source_code_description: string | null;
            /** @description Concept of the code itself; 0 where there is none. */
            source_concept_id: number;
            /** @description Standard concept it maps to. */
            target_concept_id: number;
            /** @description Vocabulary of the target. */
            target_vocabulary_id: string;
            /** @description Name of the target; null when the loaded vocabulary lacks it. */
            target_name: string | null;
            /** @description Domain of the target, which decides the table. */
            target_domain: string | null;
            /**
             * @description Whether codes are mapped by it. `target-lost`: the target is not valid and Standard any more.
             * @enum {string}
             */
            state: "in-force" | "not-yet" | "ended" | "target-lost";
            /** @description First day on which it holds. */
            valid_start_date: string;
            /** @description Last day on which it holds. */
            valid_end_date: string;
        };
        MapImportReport: {
            /**
             * @description Told from the header.
             * @enum {string}
             */
            format: "source_to_concept_map" | "usagi";
            /** @description Lines below the header. */
            lines: number;
            /** @description Whether the new maps were written. */
            applied: boolean;
            /** @description Maps that are (or would be) written. */
            new: number;
            /** @description Maps that are stored as they are. */
            unchanged: number;
            /** @description Stored maps that end or go for the new ones. */
            replaced: number;
            /** @description Lines left out. */
            skipped: number;
            /** @description Faults and conflicts; with one, nothing is written. */
            errors: number;
            /** @description Worth a look. */
            warnings: number;
            /** @description Findings by kind. */
            kinds: {
                /** @description Stable code of the kind. */
                code: string;
                /**
                 * @description What it does to its lines.
                 * @enum {string}
                 */
                level: "error" | "warning" | "skipped";
                /** @description How many lines. */
                lines: number;
                /** @description What it means. */
                meaning: string;
            }[];
            /** @description The first 500, errors first. */
            findings: components["schemas"]["MapFinding"][];
        };
        MapFinding: {
            /** @description Line of the file, the header being 1. */
            line: number;
            /**
             * @description error: nothing is written. skipped: this line is not. warning: it is, but look at it.
             * @enum {string}
             */
            level: "error" | "warning" | "skipped";
            /** @description Stable code of the kind. */
            code: string;
            /** @description What is to be said. */
            message: string;
        };
        ChangedLocalMap: {
            map: components["schemas"]["LocalMap"];
            /** @description What is worth a look, and did not speak against it. */
            warnings: components["schemas"]["MapFinding"][];
        };
        CreateLocalMap: {
            /**
             * @description Code system as the EHR sends it; `text` for words without a code, `none` for codes without a system.
             * @example https://hospital.example/lab
             */
            system?: string;
            /** @description Short name of the code system, instead of `system`. */
            source_vocabulary_id?: string;
            /**
             * @description Code as the EHR sends it.
             * @example GLU-7
             */
            source_code: string;
            /** @description What the code means. */
            source_code_description?: string;
            /**
             * @description Concept of the code itself, where one was made for it.
             * @default 0
             * @example 3004501
             */
            source_concept_id?: number;
            /**
             * @description Standard concept to map to.
             * @example 3004501
             */
            target_concept_id: number;
            /**
             * Format: date
             * @description First day on which it holds, in UTC.
             * @default 1970-01-01
             * @example 2026-11-20
             */
            valid_start_date?: string;
            /**
             * Format: date
             * @description Last day on which it holds, in UTC. To end a map, set it to a day that is past.
             * @default 2099-12-31
             * @example 2026-11-20
             */
            valid_end_date?: string;
            /**
             * @description Let a map of the code that is stored end the day before, instead of refusing this one.
             * @default false
             */
            replace?: boolean;
        };
        UpdateLocalMap: {
            /** @description What the code means. */
            source_code_description?: string;
            /**
             * @description Concept of the code itself, where one was made for it.
             * @example 3004501
             */
            source_concept_id?: number;
            /**
             * @description Standard concept to map to.
             * @example 3004501
             */
            target_concept_id?: number;
            /**
             * Format: date
             * @description First day on which it holds, in UTC.
             * @example 2026-11-20
             */
            valid_start_date?: string;
            /**
             * Format: date
             * @description Last day on which it holds, in UTC. To end a map, set it to a day that is past.
             * @example 2026-11-20
             */
            valid_end_date?: string;
        };
        UnmappedCodePage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["UnmappedCode"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        UnmappedCode: {
            /** @description Number of the code here; null in an item that counts words of few persons. */
            code_id: number | null;
            /** @description Code system as sent; `text` for words without a code, `none` for a code without a system. */
            system: string;
            /** @description The code, or the words; null where fewer than `sync_config.unmapped_text_persons` persons have them, since words may name a patient. */
            code: string | null;
            /** @description What the EHR calls it; null also where few persons have it. */
            display: string | null;
            /**
             * @description Type of the resources that use it.
             * @example Observation
             */
            resource_type: string;
            /**
             * @description Where in them: code (the row has concept 0), value, unit, route …
             * @example code
             */
            element: string;
            /** @description Domains in which its concept is to be looked for. */
            expected_domains: string[];
            /** @description How many connections use it. */
            connections: number;
            /** @description Resources that use it. */
            records: number;
            /** @description Persons whom these are about; null where `code` is. */
            persons: number | null;
            /** @description When the run began in which the first of these came. */
            first_seen: string | null;
            /** @description When the run began in which one of these was last written. */
            last_seen: string | null;
            /** @description Percent of all unmapped uses in the scope (connection, domain, element, type). */
            share: number;
            /** @description Percent that it and the more frequent ones make together. */
            cumulative_share: number;
            /** @description Different words that the item counts without telling them. */
            codes_withheld: number;
            /** @description Mapped since: a remap or the next full sync takes it off the list. */
            has_map: boolean;
            /** @description Mapped to 0 by a person: no concept fits. Listed only with `decided`. */
            decided: boolean;
        };
        ConceptSuggestions: {
            /** @description What concepts were compared with: the display, or the words. */
            text: string;
            /** @description Domains that were searched; all, when empty. */
            domains: string[];
            /**
             * @description `building`: the search is not ready, and only beginnings of names are found.
             * @enum {string}
             */
            index: "ready" | "building";
            /** @description Standard concepts, the most alike first. */
            items: {
                concept: components["schemas"]["Concept"];
                /** @description 0 to 1: the share of three-letter pieces in common. */
                similarity: number;
                /** @description The name or synonym that is alike. */
                matched_text: string;
            }[];
        };
        MappedUnmappedCodes: {
            /** @description Whether the maps were written. */
            applied: boolean;
            /** @description Codes with faults or warnings; with an error nothing is written. */
            said: {
                /** @description Code of the worklist. */
                code_id: number;
                /** @description What is to be said of its map. */
                findings: components["schemas"]["MapFinding"][];
            }[];
            /** @description What a remap would change, once the maps were there; null when something speaks against them, or they are. */
            changes: components["schemas"]["RemapReport"] | null;
            /** @description What is mapped again. */
            remaps: {
                /** @description Connection that uses the code. */
                connection_id: number;
                /** @description Its remap; null when none could be started. */
                run_id: number | null;
                /** @description `started`, or the code of what was in the way. */
                note: string;
            }[];
        };
        MapUnmappedCodes: {
            /** @description Up to a hundred. */
            maps: {
                /** @description Code of the worklist. */
                code_id: number;
                /** @description Standard concept to map to; 0: no concept fits, and the code leaves the worklist. */
                target_concept_id: number;
            }[];
            /**
             * @description Write the maps. Without it, the answer tells what would be.
             * @default false
             */
            apply?: boolean;
            /**
             * @description Let a map of the code that is stored end, instead of refusing.
             * @default false
             */
            replace?: boolean;
            /**
             * @description Map again what uses the codes, each connection once.
             * @default true
             */
            remap?: boolean;
        };
        MappedUnmappedCode: {
            map: components["schemas"]["LocalMap"];
            /** @description What is worth a look, and did not speak against it. */
            warnings: components["schemas"]["MapFinding"][];
            /** @description What is mapped again. */
            remaps: {
                /** @description Connection that uses the code. */
                connection_id: number;
                /** @description Its remap; null when none could be started. */
                run_id: number | null;
                /** @description `started`, or the code of what was in the way. */
                note: string;
            }[];
        };
        MapUnmappedCode: {
            /**
             * @description Standard concept to map to.
             * @example 3004501
             */
            target_concept_id: number;
            /** @description Short name to keep the map under, instead of the one of its code system. */
            source_vocabulary_id?: string;
            /**
             * Format: date
             * @description First day on which it holds; ever, when left out.
             */
            valid_start_date?: string;
            /**
             * @description Let a map of the code that is stored end, instead of refusing.
             * @default false
             */
            replace?: boolean;
            /**
             * @description Map again what uses the code, in every connection that does.
             * @default true
             */
            remap?: boolean;
        };
        /**
         * @example {
         *       "token_id": 3,
         *       "prefix": "fos_Zx81kQ",
         *       "role": "viewer",
         *       "connections": [
         *         1
         *       ],
         *       "note": "dashboard in the hall",
         *       "created_at": "2026-11-29T08:00:00Z",
         *       "created_by": "api:ada",
         *       "expires_at": "2027-11-29T00:00:00Z",
         *       "last_used_at": null,
         *       "revoked_at": null,
         *       "revoked_by": null,
         *       "token": "fos_Zx81kQ…"
         *     }
         */
        CreatedApiToken: components["schemas"]["ApiToken"] & {
            /** @description The token. It is shown this once, and stored nowhere. */
            token: string;
        };
        /**
         * @example {
         *       "token_id": 3,
         *       "prefix": "fos_Zx81kQ",
         *       "role": "viewer",
         *       "connections": [
         *         1
         *       ],
         *       "note": "dashboard in the hall",
         *       "created_at": "2026-11-29T08:00:00Z",
         *       "created_by": "api:ada",
         *       "expires_at": "2027-11-29T00:00:00Z",
         *       "last_used_at": null,
         *       "revoked_at": null,
         *       "revoked_by": null
         *     }
         */
        ApiToken: {
            /** @description Number of the token. */
            token_id: number;
            /** @description Its first characters, by which people tell tokens apart. */
            prefix: string;
            /**
             * @description What it allows.
             * @enum {string}
             */
            role: "viewer" | "mapper" | "operator" | "admin";
            /** @description Connections that it may see and act on; null: all. */
            connections: number[] | null;
            /** @description What it is for; recorded as the name of the caller. */
            note: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /**
             * Format: date-time
             * @description From when on it is refused; null: never.
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description When it was last used, to the minute; null: never.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When it was revoked; null: it was not.
             */
            revoked_at: string | null;
            /** @description Who revoked it. */
            revoked_by: string | null;
        };
        /**
         * @example {
         *       "role": "viewer",
         *       "note": "dashboard in the hall",
         *       "connections": [
         *         1
         *       ]
         *     }
         */
        CreateApiToken: {
            /**
             * @description What it allows.
             * @enum {string}
             */
            role: "viewer" | "mapper" | "operator" | "admin";
            /** @description What it is for. It must not hold a secret. */
            note: string;
            /** @description Connections that it may see and act on; all, when left out. */
            connections?: number[];
            /**
             * Format: date-time
             * @description From when on it is refused; never, when left out.
             */
            expires_at?: string;
        };
        ApiTokenPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["ApiToken"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        AuditPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["AuditEvent"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        AuditEvent: {
            /** @description Number of the event; there may be gaps. */
            event_id: number;
            /** @description When, in UTC with microseconds. */
            at: string;
            /** @description Who: a person, the note of a token, "cli:" and a user, "worker", "schedule". */
            actor: string;
            /** @description What they may do; null where roles have no say. */
            role: string | null;
            /** @description How they proved who they are. */
            via: string;
            /** @description The thing and the verb, such as "connection.update". */
            action: string;
            /** @description What was acted on, such as "connection/7". */
            object: string;
            /**
             * @description Whether it was done.
             * @enum {string}
             */
            outcome: "done" | "refused" | "failed";
            /** @description HTTP status of the answer, where there was a request. */
            status: number | null;
            /** @description Address that the request came from. */
            address: string | null;
            /** @description Finds the request in the log. */
            request_id: string | null;
            /** @description X-Request-Id as the caller gave it. */
            client_request_id: string | null;
            /** @description Settings that were changed, as they were; never secrets. */
            before: {
                [key: string]: unknown;
            } | null;
            /** @description The same, as they became. */
            after: {
                [key: string]: unknown;
            } | null;
            /** @description Ids and counts that belong to it. */
            details: {
                [key: string]: unknown;
            } | null;
            /** @description Its place in the chain; null until it is sealed. */
            seal_no: number | null;
        };
        AuditVerification: {
            /** @description No fault was found but acknowledged ones. Without an anchor a missing end cannot be found. */
            intact: boolean;
            /** @description Seals that were checked. */
            seals: number;
            /** @description Events of months that were dropped as too old, as the record says itself. */
            dropped: number;
            /** @description Up to when events may rightly be gone. */
            dropped_before: string | null;
            /** @description Events that came meanwhile and have no seal yet. */
            unsealed: number[];
            /** @description The last seal and its hash: keep it elsewhere, and give it the next time. */
            anchor: string;
            /** @description At most 200; without those that are acknowledged. */
            faults: {
                /**
                 * @description Kind of fault.
                 * @enum {string}
                 */
                code: "event-changed" | "event-deleted" | "event-inserted" | "seal-changed" | "seal-missing" | "seal-inserted" | "tail-cut" | "anchor-differs";
                /** @description What it means. */
                message: string;
                /** @description Which seal. */
                seal_no: number | null;
                /** @description Which event. */
                event_id: number | null;
                /** @description SHA-256 of what stands there now: another change of it is another fault. */
                found: string;
            }[];
            /** @description Faults that somebody has acknowledged and that are still what they were then. */
            acknowledged: {
                /**
                 * @description Kind of fault.
                 * @enum {string}
                 */
                code: "event-changed" | "event-deleted" | "event-inserted" | "seal-changed" | "seal-missing" | "seal-inserted" | "tail-cut" | "anchor-differs";
                /** @description What it means. */
                message: string;
                /** @description Which seal. */
                seal_no: number | null;
                /** @description Which event. */
                event_id: number | null;
                /** @description SHA-256 of what stands there now: another change of it is another fault. */
                found: string;
                /** @description Event that says by whom, when and why. */
                acknowledged_by: number;
            }[];
        };
        AcknowledgedBreak: {
            /** @description Faults that are acknowledged now. */
            acknowledged: {
                /**
                 * @description Kind of fault.
                 * @enum {string}
                 */
                code: "event-changed" | "event-deleted" | "event-inserted" | "seal-changed" | "seal-missing" | "seal-inserted" | "tail-cut" | "anchor-differs";
                /** @description What it means. */
                message: string;
                /** @description Which seal. */
                seal_no: number | null;
                /** @description Which event. */
                event_id: number | null;
                /** @description SHA-256 of what stands there now: another change of it is another fault. */
                found: string;
            }[];
        };
        AcknowledgeBreak: {
            /** @description What is known of it. Kept: must not name a patient. */
            reason: string;
            /** @description Numbers of the seals of a break, such as "12-15" or "12". */
            seals?: string;
            /** @description Numbers of the events that have no seal, of a break, such as "12-15" or "12". */
            events?: string;
        };
        DqdResults: {
            /** @description When the pass began, UTC. A list of one, as R writes it. */
            startTimestamp: string[];
            /** @description When it ended, UTC. A list of one, as R writes it. */
            endTimestamp: string[];
            /** @description How long it took, in words. A list of one, as R writes it. */
            executionTime: string[];
            /** @description The same in seconds. */
            executionTimeSeconds: number[];
            /** @description Each check. */
            CheckResults: components["schemas"]["DqdCheckResult"][];
            /** @description The row of cdm_source, and as dqdVersion the program that made the pass. */
            Metadata: {
                [key: string]: string | number;
            }[];
            /** @description How many pass and fail, in all and by category. */
            Overview: {
                [key: string]: number[];
            };
        };
        DqdCheckResult: {
            /** @description Names the check, also for its threshold. */
            checkId: string;
            /** @description Type of the check, such as isRequired. */
            checkName: string;
            /**
             * @description What it is about.
             * @enum {string}
             */
            checkLevel: "TABLE" | "FIELD" | "CONCEPT";
            /** @description What counts as a violation. */
            checkDescription: string;
            /** @description Table of the CDM, in capitals. */
            cdmTableName: string;
            /** @description Its field, in capitals. */
            cdmFieldName?: string;
            /** @description Of level CONCEPT: the concept, or several with commas between. */
            conceptId?: string;
            /** @description Completeness, Conformance or Plausibility. */
            category: string;
            /** @description Relational, Value, Computational, Temporal or Atemporal. */
            subcategory?: string;
            /** @description Verification or Validation. */
            context: string;
            /** @description Rows that break the rule. */
            numViolatedRows: number;
            /** @description Their share, 0 to 1. */
            pctViolatedRows: number;
            /** @description Rows that the rule applies to. */
            numDenominatorRows: number;
            /** @description 1: it fails by the threshold of today. */
            failed: 0 | 1;
            /** @description 1: it passes. */
            passed: 0 | 1;
            /** @description Always 0: a check that cannot be made ends the pass. */
            isError: 0 | 1;
            /** @description 1: there was nothing to check. */
            notApplicable: 0 | 1;
            /** @description Why there was nothing to check. */
            notApplicableReason?: string;
            /** @description Greatest percentage of violating rows with which it passes. */
            thresholdValue: number;
            /** @description Why the site has set the threshold. */
            notesValue?: string;
            /** @description Time of the statement that answered it, shared with others. */
            executionTime: string;
            /** @description SQL that gives its two figures. */
            queryText: string;
            /** @description The file of this project that writes the SQL. */
            sqlFile: string;
        };
        DqdPassPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["DqdPass"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        /**
         * @example {
         *       "dqd_run_id": 7,
         *       "state": "running",
         *       "tables": 39,
         *       "tables_done": 12,
         *       "requested_by": "api:kim",
         *       "program": "fhir-omop-sync 1.0.0",
         *       "started_at": "2026-03-01T08:00:00Z",
         *       "ended_at": null,
         *       "error": null,
         *       "counts": null
         *     }
         */
        DqdPass: {
            /** @description Number of the pass. */
            dqd_run_id: number;
            /**
             * @description The last three are final; only one that has ended has results.
             * @enum {string}
             */
            state: "queued" | "running" | "ended" | "failed" | "cancelled";
            /** @description Tables to check; 0 before it begins, and of a pass from the command line. */
            tables: number;
            /** @description Of them, those that are checked. */
            tables_done: number;
            /** @description Who asked for it; null of the command line. */
            requested_by: string | null;
            /** @description Name and version of the program that makes it. */
            program: string;
            /**
             * Format: date-time
             * @description When it was asked for; of the command line, when it began.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at: string | null;
            /** @description Why it failed. */
            error: {
                /** @description Stable code. */
                code: string;
                /** @description What to do. */
                message: string;
            } | null;
            /** @description By the thresholds of today; null where it has no results. */
            counts: {
                /** @description Checks that pass. */
                passed: number;
                /** @description Checks that fail. */
                failed: number;
                /** @description Checks with nothing to check. */
                not_applicable: number;
                /** @description Failing ones of the category Completeness. */
                failed_completeness: number;
                /** @description Failing ones of Conformance. */
                failed_conformance: number;
                /** @description Failing ones of Plausibility. */
                failed_plausibility: number;
                /** @description Checks that fail and did not in the pass before. */
                began_to_fail: string[];
                /** @description Checks that pass and failed in the pass before. */
                mended: string[];
            } | null;
        };
        StartDqdPass: Record<string, never>;
        DqdThresholdPage: {
            /** @description At most `limit` items. */
            items: components["schemas"]["DqdThreshold"][];
            /** @description Pass as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
            /** @description Address of the next page, with the same filters (also in the header Link); null on the last. */
            next: string | null;
        };
        DqdThreshold: {
            /** @description checkId of a result. */
            check_id: string;
            /** @description Greatest percentage of violating rows with which it passes. */
            threshold: number;
            /** @description Why. */
            note: string;
            /** @description Who set it. */
            changed_by: string;
            /** @description When, UTC. */
            changed_at: string;
        };
        SetDqdThreshold: {
            /** @description Greatest percentage of violating rows with which it passes. */
            threshold: number;
            /** @description Why: it is shown with the result. */
            note: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "list-fhir-connections": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of connections. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-fhir-connection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateConnection"];
            };
        };
        responses: {
            /** @description The connection. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `private-key-invalid`: The private key cannot be used. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `site-key-taken`: Another connection has this site_key. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-fhir-connection": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "update-fhir-connection": {
        parameters: {
            query?: never;
            header?: {
                /** @description ETag of the connection as it was read: refused when it was changed since. */
                "if-match"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateConnection"];
            };
        };
        responses: {
            /** @description The connection. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `private-key-invalid`: The private key cannot be used. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second-person-unknown`: A second person is required, and the caller is nobody in person. `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-managed`: The connection is managed by the environment. `site-key-taken`: Another connection has this site_key. `second-person-needed`: A second person must approve this. `too-many-approvals`: Too many requests wait for a second person. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-changed`: The connection was changed meanwhile. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-fhir-connection": {
        parameters: {
            query?: {
                /** @description Delete the runs too, and all rows that they loaded. */
                force?: "true" | "false";
            };
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run that deletes it is queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second-person-unknown`: A second person is required, and the caller is nobody in person. `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `connection-has-runs`: The connection has runs. `connection-managed`: The connection is managed by the environment. `sync-already-running`: A sync of this connection is running. `second-person-needed`: A second person must approve this. `too-many-approvals`: Too many requests wait for a second person. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "test-fhir-connection": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateConnection"];
            };
        };
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionTest"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `private-key-invalid`: The private key cannot be used. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-connection-health": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its health. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionHealth"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-connection-schedule": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its schedule. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionSchedule"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-connection-keys": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionKeys"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-connection-key": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateConnectionKey"];
            };
        };
        responses: {
            /** @description The keys. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionKeys"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-managed`: The connection is managed by the environment. `next-key-waits`: A next key waits already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "rotate-connection-keys": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateConnectionKeys"];
            };
        };
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionKeys"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-managed`: The connection is managed by the environment. `no-next-key`: There is no next key. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-jwks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JwkSet"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-connection-jwks": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JwkSet"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-sync": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartSync"];
            };
        };
        responses: {
            /** @description The run is queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedSync"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `sync-already-running`: A sync of this connection is running. `connection-inactive`: The connection is not active. `connection-without-server`: The connection has no FHIR server. `credentials-cleared`: The credentials of the connection were cleared. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-runs": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those of this connection. */
                connection_id?: number;
                /** @description Only runs of these statuses; repeated or with commas. "active" stands for those that are not final. */
                status?: ("pending" | "exporting" | "downloading" | "processing" | "completed" | "failed" | "cancelled" | "active")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "sync-patients": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SyncPatients"];
            };
        };
        responses: {
            /** @description The run is queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `sync-already-running`: A sync of this connection is running. `connection-inactive`: The connection is not active. `connection-without-server`: The connection has no FHIR server. `credentials-cleared`: The credentials of the connection were cleared. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-sync-runs": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only runs of these statuses; repeated or with commas. "active" stands for those that are not final. */
                status?: ("pending" | "exporting" | "downloading" | "processing" | "completed" | "failed" | "cancelled" | "active")[];
            };
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-sync-run": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
                /** @description run_id */
                rid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDetail"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `run-not-found`: No such run. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "cancel-sync-run": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
                /** @description run_id */
                rid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run as it is now. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `run-not-found`: No such run. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `run-not-live`: The run has ended. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "retry-sync-run": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
                /** @description run_id */
                rid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run as it is now. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `run-not-found`: No such run. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `run-not-failed`: The run has not failed. `run-still-live`: The run is still under way. `import-still-live`: The import is still under way. `run-not-last`: A later run came after it. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-redrive": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartRedrive"];
            };
        };
        responses: {
            /** @description The run is queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `sync-already-running`: A sync of this connection is running. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "ask-again": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AskAgain"];
            };
        };
        responses: {
            /** @description How many resources that is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AskedAgain"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-parked": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only resources of this FHIR type. */
                resource_type?: string;
            };
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of waiting resources. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParkedPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-failures": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only resources of this FHIR type. */
                resource_type?: string;
                /** @description Only those with this reason, or by this rule. */
                reason?: string;
                /** @description Open failures, resolved ones, or all. */
                state?: "open" | "resolved" | "all";
            };
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of failures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FailurePage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-exclusions": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only resources of this FHIR type. */
                resource_type?: string;
                /** @description Only those with this reason, or by this rule. */
                reason?: string;
            };
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of excluded resources. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExclusionPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-server-text": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of texts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerTextPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-reconciliation": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run is queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `sync-already-running`: A sync of this connection is running. `connection-inactive`: The connection is not active. `connection-without-server`: The connection has no FHIR server. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-reconciliations": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of reconciliations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconciliationPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-reconciliation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
                /** @description run_id */
                rid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reconciliation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reconciliation-not-found`: No such reconciliation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-vanished": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only resources of this FHIR type. */
                resource_type?: string;
            };
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
                /** @description run_id */
                rid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of vanished resources. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VanishedPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reconciliation-not-found`: No such reconciliation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "confirm-reconciliation": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
                /** @description run_id */
                rid: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmReconciliation"];
            };
        };
        responses: {
            /** @description The removal is queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRun"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second-person-unknown`: A second person is required, and the caller is nobody in person. `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reconciliation-not-found`: No such reconciliation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `reconciliation-confirmed`: The reconciliation is confirmed already. `reconciliation-outdated`: A later full export came after the reconciliation. `reconciliation-obstructed`: The reconciliation must not remove anything. `reconciliation-count-differs`: Another number of resources has vanished. `reconciliation-doubtful`: The reconciliation is doubtful. `sync-already-running`: A sync of this connection is running. `second-person-needed`: A second person must approve this. `too-many-approvals`: Too many requests wait for a second person. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-purges": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of purges; never whom. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PurgePage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-purge": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description connection_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartPurge"];
            };
        };
        responses: {
            /** @description The purge. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Purge"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second-person-unknown`: A second person is required, and the caller is nobody in person. `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. `patient-unknown`: Nothing of this patient is here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `second-person-needed`: A second person must approve this. `too-many-approvals`: Too many requests wait for a second person. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "lift-purge": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description connection_id */
                id: number;
                /** @description purge_id */
                pid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The purge. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Purge"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `purge-not-found`: No such purge. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `purge-under-way`: The purge is under way. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-approvals": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those in this state. */
                state?: "pending" | "approved" | "refused" | "expired" | "outdated";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of approvals. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-approval": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description approval_id */
                aid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The approval. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneApproval"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `approval-not-found`: No such approval. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "approve-request": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description approval_id */
                aid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second-person-same`: The second person must be another one. `second-person-unknown`: A second person is required, and the caller is nobody in person. `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `approval-not-found`: No such approval. `connection-not-found`: No such connection. `patient-unknown`: Nothing of this patient is here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `approval-closed`: The approval waits no more. `approval-outdated`: What the approval concerns has changed. `site-key-taken`: Another connection has this site_key. `sync-already-running`: A sync of this connection is running. `reconciliation-outdated`: A later full export came after the reconciliation. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "refuse-request": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description approval_id */
                aid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `approval-not-found`: No such approval. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `approval-closed`: The approval waits no more. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-alerts": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those of this connection. */
                connection_id?: number;
                /** @description Only alerts in these states; repeated or with commas. */
                state?: ("open" | "acknowledged" | "resolved")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of alerts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "update-webhook": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description webhook_id */
                wid: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateWebhook"];
            };
        };
        responses: {
            /** @description The receiver. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook-not-found`: No such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connections-unknown`: Connections are named that do not exist. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-webhook": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description webhook_id */
                wid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook-not-found`: No such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "test-webhook": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description webhook_id */
                wid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook-not-found`: No such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-webhooks": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of receivers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhook"];
            };
        };
        responses: {
            /** @description The receiver, with its secret. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connections-unknown`: Connections are named that do not exist. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-webhook-deliveries": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description webhook_id */
                wid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook-not-found`: No such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "acknowledge-alert": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description alert_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `alert-not-found`: No such alert. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "source-to-standard": {
        parameters: {
            query: {
                /** @description Code system as FHIR has it: a URI, an OID (`urn:oid:…` or bare), or the name of a vocabulary. */
                system: string;
                /** @description Code in that system, as sent. */
                code: string;
                /** @description Connection that sends the code: its own code systems and its vendor count. */
                connection_id?: number;
                /** @description The same by its site_key. */
                site_key?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the code leads to; empty where it leads nowhere. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceToStandard"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `vocabulary-not-loaded`: No vocabulary is loaded. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "source-to-standard-batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceBatch"];
            };
        };
        responses: {
            /** @description What each code leads to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceToStandardBatch"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `vocabulary-not-loaded`: No vocabulary is loaded. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "search-concepts": {
        parameters: {
            query: {
                /** @description Words of a name or synonym, a code, or a concept id. */
                q: string;
                /** @description Only concepts of this domain, such as Condition. Several are a choice: repeated or with commas. */
                domain?: string[];
                /** @description Only concepts of this vocabulary, such as SNOMED. Several are a choice: repeated or with commas. */
                vocabulary?: string[];
                /** @description Only concepts of this class, such as Ingredient. Several are a choice: repeated or with commas. */
                class?: string[];
                /** @description S: Standard, C: classification, none: neither. Several are a choice: repeated or with commas. */
                standard?: ("S" | "C" | "none")[];
                /** @description true: only valid concepts; false: only retired ones. */
                valid?: boolean;
                /** @description Items on a page. */
                limit?: number;
                /** @description Items to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of concepts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchResult"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `vocabulary-not-loaded`: No vocabulary is loaded. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-concept": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description Items to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                /** @description concept_id */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The concept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConceptDetail"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `concept-not-found`: No such concept. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-vocabulary-release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The releases. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VocabularyReleases"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-remap-report": {
        parameters: {
            query?: {
                /** @description Only this connection. */
                connection_id?: number;
                /** @description Codes to list. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemapReport"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `vocabulary-not-loaded`: No vocabulary is loaded. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-remap": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartRemap"];
            };
        };
        responses: {
            /** @description The runs are queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedRemaps"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `sync-already-running`: A sync of this connection is running. `vocabulary-not-loaded`: No vocabulary is loaded. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "internal-tick": {
        parameters: {
            query?: {
                /** @description No job is begun after so many seconds. */
                budget_seconds?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticked"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: No such path. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-vocabulary-loads": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of loads. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VocabularyLoadPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-vocabulary-load": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartVocabularyLoad"];
            };
        };
        responses: {
            /** @description The load is queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VocabularyLoad"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `vocabulary-path-refused`: The path is not in the folder for vocabularies. `vocabulary-source-missing`: There is no such file or folder. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `vocabulary-dir-not-set`: The server has no folder for vocabularies. `vocabulary-load-running`: A vocabulary is being loaded. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-vocabulary-load": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description load_id */
                lid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The load. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VocabularyLoad"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `vocabulary-load-not-found`: No such load. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-local-maps": {
        parameters: {
            query?: {
                /** @description Only of this short name. */
                source_vocabulary_id?: string;
                /** @description Only of this code system. */
                system?: string;
                /** @description Only of this code. */
                source_code?: string;
                /** @description Only to this concept. */
                target_concept_id?: number;
                /** @description Only where code or description contain this. */
                q?: string;
                /** @description Only in this state. */
                state?: "in-force" | "not-yet" | "ended" | "target-lost";
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Maps, by code system and code. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocalMapPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-local-map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateLocalMap"];
            };
        };
        responses: {
            /** @description The map. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedLocalMap"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `local-map-conflict`: Something speaks against the local map. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "export-local-maps": {
        parameters: {
            query?: {
                /** @description Only of this short name. */
                source_vocabulary_id?: string;
                /** @description Only of this code system. */
                system?: string;
                /** @description Only of this code. */
                source_code?: string;
                /** @description Only to this concept. */
                target_concept_id?: number;
                /** @description Only where code or description contain this. */
                q?: string;
                /** @description Only in this state. */
                state?: "in-force" | "not-yet" | "ended" | "target-lost";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "import-local-maps": {
        parameters: {
            query?: {
                /** @description Write the maps, if nothing speaks against it. */
                apply?: boolean;
                /** @description Let stored maps of the same codes end, instead of being conflicts. */
                replace?: boolean;
                /** @description Code system of lines that name none, as in all files of USAGI. */
                system?: string;
                /** @description The same by its short name. */
                source_vocabulary_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description What is, or would be, written. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MapImportReport"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `local-maps-unreadable`: The file of local maps cannot be read. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `local-maps-refused`: Something speaks against the file, and nothing of it was written. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "update-local-map": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description map_id */
                map_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateLocalMap"];
            };
        };
        responses: {
            /** @description The map. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedLocalMap"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `local-map-not-found`: No such local map. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `local-map-conflict`: Something speaks against the local map. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-local-map": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description map_id */
                map_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `local-map-not-found`: No such local map. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-unmapped-codes": {
        parameters: {
            query?: {
                /** @description Only of this connection. */
                connection_id?: number;
                /** @description Only where a concept of this domain is expected. */
                domain?: string;
                /** @description Only in this element. */
                element?: string;
                /** @description Only in resources of this type. */
                resource_type?: string;
                /** @description Only codes that so many resources use. */
                min_records?: number;
                /** @description With codes that a person has mapped to 0, for which no concept fits. */
                decided?: boolean;
                /** @description Only where code, display or system contain this. */
                q?: string;
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The worklist. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnmappedCodePage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "export-unmapped-codes": {
        parameters: {
            query?: {
                /** @description Only of this connection. */
                connection_id?: number;
                /** @description Only where a concept of this domain is expected. */
                domain?: string;
                /** @description Only in this element. */
                element?: string;
                /** @description Only in resources of this type. */
                resource_type?: string;
                /** @description Only codes that so many resources use. */
                min_records?: number;
                /** @description With codes that a person has mapped to 0, for which no concept fits. */
                decided?: boolean;
                /** @description Only where code, display or system contain this. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "suggest-concepts": {
        parameters: {
            query?: {
                /** @description Suggestions at most. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description code_id */
                code_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Suggestions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConceptSuggestions"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unmapped-code-not-found`: No such unmapped code. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `vocabulary-not-loaded`: No vocabulary is loaded. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "map-unmapped-codes": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MapUnmappedCodes"];
            };
        };
        responses: {
            /** @description What is, or would be, done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MappedUnmappedCodes"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unmapped-code-not-found`: No such unmapped code. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `vocabulary-not-loaded`: No vocabulary is loaded. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "map-unmapped-code": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description code_id */
                code_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MapUnmappedCode"];
            };
        };
        responses: {
            /** @description The map and the remaps. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MappedUnmappedCode"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unmapped-code-not-found`: No such unmapped code. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `local-map-conflict`: Something speaks against the local map. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-api-tokens": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tokens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiTokenPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-api-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiToken"];
            };
        };
        responses: {
            /** @description The token. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiToken"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `connection-not-found`: No such connection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "revoke-api-token": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description token_id */
                tid: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiToken"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token-not-found`: No such token. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-audit": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Events of this actor. */
                actor?: string;
                /** @description Events of this action ("run.cancel"), or of all actions of a thing ("run"). */
                action?: string;
                /** @description Events of this object ("run/12"), or of all of a kind ("run"). */
                object?: string;
                /** @description Events with this outcome. */
                outcome?: "done" | "refused" | "failed";
                /** @description Events from this time on. */
                since?: string;
                /** @description Events before this time. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "export-audit": {
        parameters: {
            query?: {
                /** @description Events of this actor. */
                actor?: string;
                /** @description Events of this action ("run.cancel"), or of all actions of a thing ("run"). */
                action?: string;
                /** @description Events of this object ("run/12"), or of all of a kind ("run"). */
                object?: string;
                /** @description Events with this outcome. */
                outcome?: "done" | "refused" | "failed";
                /** @description Events from this time on. */
                since?: string;
                /** @description Events before this time. */
                until?: string;
                /** @description Table, or a line of JSON an event. */
                format?: "csv" | "ndjson";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "verify-audit": {
        parameters: {
            query?: {
                /** @description audit_anchor as the log has it, from any earlier time. */
                anchor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "acknowledge-audit-break": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcknowledgeBreak"];
            };
        };
        responses: {
            /** @description What is acknowledged now. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcknowledgedBreak"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `audit-range-invalid`: This is no range of the record. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `audit-range-whole`: Nothing in the range is broken and open. `audit-range-too-broken`: The range has too many faults. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-dqd-results": {
        parameters: {
            query?: {
                /** @description Left out: the one that ended last. */
                pass?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All results of the pass. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DqdResults"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `dqd-pass-not-found`: No such pass of the Data Quality Dashboard checks. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-dqd-passes": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of passes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DqdPassPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-dqd-pass": {
        parameters: {
            query?: never;
            header?: {
                /** @description Of your choice, new for each thing that is to be started (a UUID). Sent again with the same request within 24 hours it gets the first answer again, with `Idempotency-Replayed: true`, and starts nothing. An answer that it waits for a second person is given again only while it does. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartDqdPass"];
            };
        };
        responses: {
            /** @description The pass is queued. */
            202: {
                headers: {
                    /** @description Address at which to follow it. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DqdPass"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-busy`: The request with this Idempotency-Key is under way. `idempotency-answer-lost`: The request was done, and its answer is lost. `dqd-pass-running`: A pass of the checks is under way. */
            409: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency-key-reused`: The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-dqd-pass": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description dqd_run_id */
                pass: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pass. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DqdPass"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `dqd-pass-not-found`: No such pass of the Data Quality Dashboard checks. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "cancel-dqd-pass": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description dqd_run_id */
                pass: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pass as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DqdPass"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `dqd-pass-not-found`: No such pass of the Data Quality Dashboard checks. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `dqd-pass-ended`: The pass has ended. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-dqd-thresholds": {
        parameters: {
            query?: {
                /** @description Items on a page. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of thresholds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DqdThresholdPage"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "set-dqd-threshold": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description checkId of a result. */
                check_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetDqdThreshold"];
            };
        };
        responses: {
            /** @description The threshold. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DqdThreshold"];
                };
            };
            /** @description `invalid-request`: The request does not fit the document. `malformed-json`: The body is not JSON. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `dqd-check-not-found`: No such check. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body-too-large`: The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported-media-type`: The body is not of the type that is expected. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "remove-dqd-threshold": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description checkId of a result. */
                check_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid-request`: The request does not fit the document. `text-refused`: The request holds characters that no text needs. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `dqd-check-not-found`: No such check. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. `identity-provider-unavailable`: The identity provider does not answer. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Text in version 0.0.4 of the format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `unauthorized`: A valid token or session is required. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-found`: No such path. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too-many-wrong-credentials`: Too many wrong credentials came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal-error`: Something went wrong here. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database-busy`: The database took too long. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Always "ok".
                         * @enum {string}
                         */
                        status: "ok";
                    };
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Always "ready".
                         * @enum {string}
                         */
                        status: "ready";
                    };
                };
            };
            /** @description `host-refused`: This server does not answer under that name. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not-ready`: Not ready. */
            503: {
                headers: {
                    /** @description Seconds after which to ask again, where waiting helps. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
