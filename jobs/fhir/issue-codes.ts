/**
 * What of an OperationOutcome or an OAuth error may be repeated: codes that a specification lists, and short numbered
 * ones. Everything else is free text, also where it stands in a code's place.
 */

/** IssueType of FHIR R4 and R5. */
const ISSUE_TYPES: ReadonlySet<string> = new Set(
  (
    'invalid structure required value invariant security login unknown expired forbidden suppressed processing ' +
    'not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly ' +
    'business-rule conflict limited-filter transient lock-error no-store exception timeout incomplete throttled ' +
    'informational success'
  ).split(' '),
);
const SEVERITIES: ReadonlySet<string> = new Set(['fatal', 'error', 'warning', 'information', 'success']);

/** RFC 6749, 6750, 7009, 7591, 8707 and OpenID Connect, as far as a token endpoint may say them. */
const OAUTH_ERRORS: ReadonlySet<string> = new Set(
  (
    'invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type invalid_scope ' +
    'invalid_token insufficient_scope access_denied server_error temporarily_unavailable invalid_target ' +
    'unsupported_token_type invalid_client_metadata invalid_dpop_proof use_dpop_nonce interaction_required ' +
    'login_required consent_required slow_down expired_token unsupported_response_type'
  ).split(' '),
);

/** Of FHIR's operation-outcome code system ("MSG_AUTH_REQUIRED"), and numbered ones ("4118", "HAPI-0389"). */
const DETAIL = /^(?:MSG_[A-Z_]{2,40}|[A-Z]{0,10}[-_]?\d{1,5})$/;

/** The code, or "unknown" where it is none of FHIR's. */
export function issueCode(said: unknown): string {
  return typeof said === 'string' && ISSUE_TYPES.has(said) ? said : 'unknown';
}

/** The severity, or "error" where it is none of FHIR's: what cannot be read must not pass for a remark. */
export function severityOf(said: unknown): string {
  return typeof said === 'string' && SEVERITIES.has(said) ? said : 'error';
}

/** A code of `issue.details.coding` that names nothing but an error; undefined for any other text. */
export function detailCode(said: unknown): string | undefined {
  return typeof said === 'string' && DETAIL.test(said) ? said : undefined;
}

/** A registered OAuth error; undefined for any other text. */
export function oauthCode(said: unknown): string | undefined {
  return typeof said === 'string' && OAUTH_ERRORS.has(said) ? said : undefined;
}
