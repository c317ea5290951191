/**
 * Whether a check had anything to check. The Data Quality Dashboard counts what had not as passed and shows it apart, and
 * so do its figures here: a table or field that is missing or empty, a concept that is not used.
 */
import { CHECK_TYPES } from './check-types.ts';
import type { Found } from './statements.ts';

/** Gives, for each of these findings, the reason why it does not apply, or null. */
export function notApplicable(found: readonly Found[]): (one: Found) => string | null {
  const missing = new Set<string>();
  const empty = new Set<string>();
  for (const { check, violated, total } of found) {
    const at = check.field === undefined ? check.table : `${check.table}.${check.field}`;
    if ((check.name === 'cdmTable' || check.name === 'cdmField') && violated > 0) missing.add(at);
    if (check.name !== 'measureValueCompleteness') continue;
    if (total === 0) empty.add(check.table);
    else if (violated === total) empty.add(at);
  }
  return ({ check, total }) => {
    const { name, table, field = '' } = check;
    const at = `${table}.${field}`;
    if (name === 'cdmTable') return null;
    if (missing.has(table)) return `The table ${table} does not exist.`;
    if (name === 'cdmField' || name === 'measurePersonCompleteness') return null;
    if (missing.has(at)) return `The field ${at} does not exist.`;
    if (name === 'measureConditionEraCompleteness')
      return empty.has('condition_occurrence') || missing.has('condition_occurrence')
        ? 'The table condition_occurrence is empty.'
        : null;
    if (empty.has(table)) return `The table ${table} is empty.`;
    if (name === 'measureValueCompleteness') return null;
    if (empty.has(at)) return `The field ${at} is empty.`;
    if (CHECK_TYPES[name].level === 'CONCEPT' && total === 0)
      return `No row of ${table} has the concept ${check.conceptId}.`;
    return null;
  };
}
