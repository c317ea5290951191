/**
 * Vendors that have the token endpoint of all their customers on a host of its own. Both hosts must be the vendor's: a
 * base elsewhere that names the vendor's token endpoint would be given tokens for somebody else's data.
 */
const TOKEN_HOSTS: Readonly<Record<string, { readonly domain: string; readonly tokenHost: string }>> = {
  // Oracle Health: fhir-ehr.cerner.com, fhir-ehr-code.cerner.com (sandbox).
  cerner: { domain: '.cerner.com', tokenHost: 'authorization.cerner.com' },
};

/** The host of the vendor's token endpoint, for a FHIR server on a host of the same vendor. */
export function vendorTokenHost(vendor: string, fhirHost: string): string | undefined {
  const found = Object.hasOwn(TOKEN_HOSTS, vendor) ? TOKEN_HOSTS[vendor] : undefined;
  return found && fhirHost.endsWith(found.domain) ? found.tokenHost : undefined;
}
