/** What the tests use of the UCUM library, which has no types. */
declare module '@lhncbc/ucum-lhc' {
  interface Utils {
    validateUnitString(unit: string): { readonly status: string; readonly ucumCode: string | null };
    convertUnitTo(
      from: string,
      value: number,
      to: string,
    ): { readonly status: string; readonly toVal: number | null };
  }
  const library: { readonly UcumLhcUtils: { getInstance(): Utils } };
  export default library;
}
