/** The word behind a number: "1 resource", "2 resources", "0 resources". `several` where it is more than the first with an s. */
export const noun = (many: number, one: string, several = `${one}s`): string => (many === 1 ? one : several);
