/** The loader in a process of its own, so that its memory and time are its own. */
import { pino } from 'pino';
import { z } from 'zod';
import { systemClock } from '../../../jobs/step/clock.ts';
import { loadVocabulary } from '../../../jobs/vocabulary/load/load.ts';
import { connect } from '../../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../../sql/default-schemas.ts';
import { answer } from '../child.ts';

const Asked = z.object({ url: z.string(), source: z.string() });

answer({
  async load(data) {
    const { url, source } = Asked.parse(data);
    const sql = connect(url, DEFAULT_SCHEMAS, { max: 1 });
    const steps: Record<string, number> = {};
    let step = 'begin';
    let since = performance.now();
    const next = (name: string): void => {
      if (name === step) return;
      const now = performance.now();
      steps[step] = (steps[step] ?? 0) + (now - since) / 1000;
      [step, since] = [name, now];
    };
    const loaded = await loadVocabulary({
      ...{ sql, source, clock: systemClock, log: pino({ level: 'silent' }) },
      onProgress: (progress) => next(`${progress.step} ${progress.table ?? ''}`.trim()),
    });
    next('end');
    await sql.end();
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    return {
      rows: loaded.tables.reduce((sum, table) => sum + table.rows, 0),
      seconds: loaded.seconds,
      peakMb: maxRSS / 1024,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      steps,
    };
  },
});
