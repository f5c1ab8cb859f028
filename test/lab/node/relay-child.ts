import { type Relays, startRelays } from './relay.ts';

/** `node relay-child.ts RELAYS`: relays in the network that it is started in, until it is killed. */
await startRelays(JSON.parse(process.argv[2] ?? '{}') as Relays);
process.stdout.write('listening\n');
