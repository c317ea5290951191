/** The states of a run, in the order in which it goes through them. */
export const LIVE_STATUSES = ['pending', 'exporting', 'downloading', 'processing'] as const;
export const ENDED_STATUSES = ['completed', 'failed', 'cancelled'] as const;
export const RUN_STATUSES = [...LIVE_STATUSES, ...ENDED_STATUSES] as const;

export const hasEnded = (status: string): boolean => ENDED_STATUSES.some((one) => one === status);
