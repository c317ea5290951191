/** Which table a domain leads to, also in releases of the vocabulary that join two. */
import { expect, it } from 'vitest';
import { isEventDomain, tableOfDomain } from '../../jobs/map/cdm/project.ts';

it('leads by the first of two joined domains', () => {
  expect(tableOfDomain('Meas/Procedure')).toBe('measurement');
  expect(tableOfDomain('Condition/Meas')).toBe('condition_occurrence');
  expect(tableOfDomain('Obs/Procedure')).toBe('observation');
});

it('knows domains of events from those of answers, units and places', () => {
  const events = ['Condition', 'Drug', 'Procedure', 'Device', 'Measurement', 'Specimen', 'Observation'];
  expect(events.filter((domain) => !isEventDomain(domain))).toEqual([]);
  expect(isEventDomain('Meas/Procedure')).toBe(true);
  const others = ['Meas Value', 'Unit', 'Visit', 'Gender', 'Spec Anatomic Site', ''];
  expect(others.filter(isEventDomain)).toEqual([]);
});
