/** A fault of the record as a row of a table. */
import type { Schemas } from '../../openapi/client/index.ts';

export const faultRow = ({
  seal_no,
  event_id,
  code,
  message,
}: Schemas['AuditVerification']['faults'][number]) => ({
  ...{ seal: String(seal_no ?? ''), event: String(event_id ?? ''), code, message },
});
