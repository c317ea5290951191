/** Which text of a chunk a purge erases: that of these patients, and what nobody can tell from it. */
import { expect, it } from 'vitest';
import { textOfPatients, textOfResources } from '../../jobs/load/take-out/text-of-patients.ts';
import { DEFAULT_SETTINGS } from '../../jobs/map/settings.ts';
import { encounter, observation, patient, to } from '../world/record.ts';

/** The lines that are erased of these when p1 and p2 are purged, and the resources in them. */
function erased(lines: readonly (object | string)[]) {
  const text = Buffer.from(
    lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n'),
  );
  const { ranges, resources } = textOfPatients(text, ['p1', 'p2'], DEFAULT_SETTINGS);
  for (const { start, end, lines: count } of ranges) {
    expect(text.subarray(start, end).toString().split('\n')).toHaveLength(count);
  }
  return {
    lines: ranges.flatMap(({ line, lines: count }) => Array.from({ length: count }, (_, n) => line + n)),
    resources: resources.map(({ type, id }) => `${type}/${id}`),
  };
}

it('erases the patients and what is of them, and nothing of others', () => {
  const lines = [
    patient('p1'),
    patient('p3'),
    observation('o1', 'p1'),
    observation('o2', 'p2'),
    observation('o3', 'p3'),
    encounter('e1', 'p12'),
  ];
  expect(erased(lines)).toEqual({
    lines: [0, 2, 3],
    resources: ['Patient/p1', 'Observation/o1', 'Observation/o2'],
  });
});

it('keeps what is of another patient and mentions one, and erases what is of nobody and does', () => {
  const lines = [
    observation('o1', 'p3', { note: [{ text: 'sister of p1' }] }),
    { resourceType: 'Provenance', id: 'v', target: [to('Patient', 'p1')] },
    { resourceType: 'Provenance', id: 'w', target: [to('Patient', 'p3')] },
    { resourceType: 'AuditEvent', id: 'x', patient: [to('Patient', 'p3'), to('Patient', 'p1')] },
  ];
  expect(erased(lines)).toEqual({ lines: [1, 3], resources: ['AuditEvent/x'] });
});

it('erases an unreadable line that mentions one, and no other line beside it', () => {
  const lines = ['{"resourceType": "Patient", "id": "p1"', patient('p3'), '{"id": "p4"', patient('p2'), 'p1'];
  expect(erased(lines)).toEqual({ lines: [0, 3, 4], resources: ['Patient/p2'] });
});

it('leaves what stands behind a whole resource of theirs and does not mention them', () => {
  const alone = { lines: [0], resources: ['Patient/p1'] };
  const nobodys = JSON.stringify({ resourceType: 'Provenance', id: 'w', target: [to('Patient', 'p3')] });
  expect(erased([patient('p1'), 'rest of a line', patient('p3')])).toEqual(alone);
  expect(erased([patient('p1'), ` ${nobodys}`, patient('p3')])).toEqual(alone);
});

it('erases all of a pretty-printed resource, also of one that is broken', () => {
  const printed = (id: string) => JSON.stringify(patient(id), null, 2).split('\n');
  const broken = (id: string) => printed(id).slice(0, -1);
  const length = printed('p1').length;
  const lines = [...printed('p3'), ...printed('p1'), ...broken('p3'), ...broken('p2'), ...printed('p4')];
  const from = (start: number, count: number) => Array.from({ length: count }, (_, n) => start + n);
  expect(erased(lines)).toEqual({
    lines: [...from(length, length), ...from(3 * length - 1, length - 1)],
    resources: ['Patient/p1'],
  });
});

it('erases resources that name nobody by their type and id, and nothing that names them', () => {
  const binary = (id: string) => ({ resourceType: 'Binary', id, contentType: 'text/plain', data: 'YQ==' });
  const document = { ...observation('o1', 'p3'), derivedFrom: [to('Binary', 'b1')] };
  const lines = [
    binary('b1'),
    binary('b2'),
    binary('b12'),
    document,
    { ...patient('p3'), id: 'b1' },
    '{"id":"b1"',
  ];
  const text = Buffer.from(
    lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n'),
  );
  const { ranges, resources } = textOfResources(text, 'Binary', ['b1', 'b3']);
  expect(ranges.map(({ line }) => line)).toEqual([0, 5]);
  expect(resources).toEqual([{ type: 'Binary', id: 'b1' }]);
});
