/** How often syncs of a fixed interval are, in words. */

/** `every 24 hours`, `every hour`: in the largest unit that leaves no rest. */
export function intervalText(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 'second'];
  return seconds === size ? `every ${unit}` : `every ${seconds / size} ${unit}s`;
}

const UNITS = [
  [3600, 'hour'],
  [60, 'minute'],
] as const;
