/** A text that another sentence follows: messages of libraries have no full stop. */
export const sentence = (text: string): string => (/[.!?:…]\W?$/.test(text) ? text : `${text}.`);
