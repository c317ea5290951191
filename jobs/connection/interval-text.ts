/** How often syncs of a fixed interval are, in words. */

/** `24 hours`: in the largest unit that leaves no rest. */
export function intervalText(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 'seconds'];
  return `${seconds / size} ${unit}`;
}

const UNITS = [
  [3600, 'hours'],
  [60, 'minutes'],
] as const;
