// PostGraphile over the tables as they are, in one process on 127.0.0.1: server.mjs DATABASE PORT
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const [database, port] = process.argv.slice(2);

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: database, schemas: ["public"] })],
  // Plain lists besides connections: one object less for every observation.
  schema: { defaultBehavior: "connection list resource:connection resource:list" },
  grafast: { explain: false },
  // The answer is written as text while it is made, which is PostGraphile's own fast way.
  grafserv: { graphiql: false, websockets: false, watch: false, outputDataAsString: true },
};

const service = postgraphile(preset).createServ(grafserv);
const server = createServer();
await service.addTo(server);
await service.ready();
server.listen(Number(port), "127.0.0.1");
