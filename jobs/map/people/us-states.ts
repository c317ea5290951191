/** USPS codes by name: location.state holds two characters, and many EHRs send the name. */
const NAMES =
  'AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|' +
  'DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|' +
  'KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|' +
  'MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|' +
  'NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|' +
  'SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|' +
  'WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|GU Guam|VI Virgin Islands|AS American Samoa|' +
  'MP Northern Mariana Islands';

const CODES = new Map(NAMES.split('|').map((entry) => [entry.slice(3).toLowerCase(), entry.slice(0, 2)]));

/** Two letters as they are, a known name as its code, anything else undefined. */
export function stateCode(sent: string | undefined): string | undefined {
  if (sent === undefined) return undefined;
  return sent.length <= 2 ? sent.toUpperCase() : CODES.get(sent.toLowerCase());
}
