/**
 * Shows people the progress of a vocabulary load: on a terminal a bar drawn in place, elsewhere a line at
 * each new step and now and then.
 */
import type { LoadProgress } from '../../jobs/vocabulary/load/progress.ts';

type Told = Pick<LoadProgress, 'step' | 'allRows' | 'fraction'> & { readonly table: string | undefined };

const LINE_EVERY_SECONDS = 60;
const DRAW_EVERY_SECONDS = 0.1;

export interface Drawn {
  tell(progress: Told): void;
  /** Clears the bar. */
  end(): void;
}

export function drawProgress(output: NodeJS.WriteStream, now: () => number): Drawn {
  const started = now();
  let drawn = Number.NEGATIVE_INFINITY;
  let step = '';
  return {
    tell(progress) {
      const seconds = (now() - started) / 1000;
      const due = seconds - drawn >= (output.isTTY ? DRAW_EVERY_SECONDS : LINE_EVERY_SECONDS);
      if (!due && step === progress.step) return;
      [drawn, step] = [seconds, progress.step];
      const text = progressText(progress, seconds);
      output.write(output.isTTY ? `\r\x1b[2K${text}` : `${text}\n`);
    },
    end() {
      if (output.isTTY) output.write('\r\x1b[2K');
    },
  };
}

/** `████████░░░░░░░░░░░░  41 %  copy concept_relationship, 12,400,000 rows, 310,000 rows/s, 1 min 20 s, 1 min 55 s left` */
export function progressText(progress: Told, seconds: number): string {
  const { fraction, step, allRows } = progress;
  const full = Math.round(fraction * 20);
  const parts = [
    `${step} ${progress.table ?? ''}`.trim(),
    `${allRows.toLocaleString('en-US')} rows`,
    step === 'copy' && seconds >= 1 && `${Math.round(allRows / seconds).toLocaleString('en-US')} rows/s`,
    duration(seconds),
    // The remaining time is extrapolated from the fraction done, so it is shown only once that says
    // something.
    fraction > 0.02 && fraction < 1 && `${duration((seconds / fraction) * (1 - fraction))} left`,
  ];
  const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)} ${percent}  ${parts.filter(Boolean).join(', ')}`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
