/** The client of calls as a process without settings has it, and the network on which all servers of the tests are. */
import { openOutbound } from '../../jobs/outbound/outbound.ts';

export const outbound = openOutbound({});
export const LOOPBACK = ['127.0.0.0/8', '::1'];
