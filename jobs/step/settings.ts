/** The settings of the environment in the words of the catalogue: `setting-invalid` names each fault, and no value. */
import { fileFaults } from '../../sql/settings/files.ts';
import { unknownNames } from '../../sql/settings/names.ts';
import { type Read, readShape, type Shape } from '../../sql/settings/read.ts';
import { SETTINGS } from '../../sql/settings/schema.ts';
import type { Environment } from '../../sql/settings/setting.ts';
import { syncError } from './errors.ts';

/** Reads a part of the settings. */
export function readSettings<S extends Shape>(shape: S, env: Environment): Read<S> {
  const { read, faults } = readShape(shape, env);
  if (read === undefined) throw settingFault(...faults);
  return read;
}

/** Checks all settings there are, so that the start tells all that is wrong at once. Returns what is only odd. */
export function checkSettings(env: Environment): readonly string[] {
  const names = unknownNames(env);
  const faults = [...fileFaults(env), ...readShape(SETTINGS, env).faults, ...names.faults];
  if (faults.length > 0) throw settingFault(...faults);
  return names.warnings;
}

export const settingFault = (...faults: string[]) =>
  syncError('setting-invalid', { faults: faults.join('; ') });
