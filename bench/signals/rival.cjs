// rival.cjs TCF GPP - the reference libraries on the same strings, one a line: decoded in turn, a round
// of all at a time, for about a second of processor time after one of warming up.
"use strict";
const fs = require("fs");

const lines = (path) => fs.readFileSync(path, "utf8").split("\n").filter(Boolean);
const cpu = () => process.cpuUsage().user / 1e6;

function measure(name, strings, decode) {
  const accepted = strings.filter((text) => {
    try {
      decode(text);
      return true;
    } catch (error) {
      return false;
    }
  });
  const round = () => accepted.forEach(decode);
  const rounds = [];
  for (let end = cpu() + 1; cpu() < end; ) round();
  for (let end = cpu() + 1; cpu() < end; ) {
    const begin = process.hrtime.bigint();
    const busy = cpu();
    round();
    const wall = Number(process.hrtime.bigint() - begin) / 1e9;
    rounds.push(Math.max(cpu() - busy, 1e-6) || wall);
  }
  rounds.sort((a, b) => a - b);
  const rate = (seconds) => (accepted.length / seconds / 1e6).toFixed(4);
  console.log(
    `${name}: ${accepted.length} of ${strings.length} strings accepted: ` +
      `${rate(rounds[rounds.length >> 1])} M/s (median of ${rounds.length} rounds), ${rate(rounds[0])} M/s (fastest)`,
  );
}

const { TCString } = require("@iabtcf/core");
const { GppModel } = require("@iabgpp/cmpapi");

measure("@iabtcf/core 1.5.6", lines(process.argv[2]), (text) => {
  const model = TCString.decode(text);
  return model.vendorConsents.has(10) && model.purposeConsents.has(2);
});
// The model decodes a section when it is first asked for: ask for each, as we do.
measure("@iabgpp/cmpapi 3.2.0", lines(process.argv[3]), (text) => {
  const model = new GppModel(text);
  for (const name of model.getSectionNames ? model.getSectionNames() : []) model.getSection(name);
  return model.toObject();
});
