// check_onnx.cjs - what ONNX Runtime says of the rows in FOLDER/TASK_rows.json is what the model says:
// links and contributions bit for bit, scores to 1e-12 of their size.
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const folder = process.argv[2];
let wrong = 0;
function notTrue(text) {
    console.log('not true: ' + text);
    wrong++;
}

// Of two lists, the largest difference by size; Infinity when the lengths differ.
function largest(found, expected) {
    if (found.length !== expected.length) return Infinity;
    let most = 0;
    for (let i = 0; i < expected.length; i++) {
        const off = Math.abs(found[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
        if (!(off <= most)) most = Number.isNaN(off) ? Infinity : off;
    }
    return most;
}

function inputsOf(rows, from, to) {
    const feeds = {};
    for (const [name, { type, values }] of Object.entries(rows.inputs)) {
        const part = values.slice(from, to);
        const data = type === 'float64' ? Float64Array.from(part, (x) => (x === null ? NaN : Number(x))) : part;
        feeds[name] = new ort.Tensor(type, data, [part.length, 1]);
    }
    return feeds;
}

async function check(task) {
    const rows = JSON.parse(fs.readFileSync(path.join(folder, task + '_rows.json'), 'utf8'));
    const session = await ort.InferenceSession.create(path.join(folder, task + '.onnx'));
    const found = await session.run(inputsOf(rows, 0, rows.rows));
    const classes = Math.max(1, rows.classes.length);
    // A feature is called score, so the output has another name.
    const off = ['link', 'contributions', 'score_'].map((name) => largest(found[name].data, rows[name]));
    console.log(`${task}: ${rows.rows} rows, largest difference of link ${off[0]}, contribution ${off[1]}, score ${off[2]}`);
    if (off[0] !== 0) notTrue(`${task}: links are the model's`);
    if (off[1] !== 0) notTrue(`${task}: contributions are the model's`);
    if (!(off[2] <= 1e-12)) notTrue(`${task}: scores are the model's`);
    const shape = classes > 1 ? [rows.rows, rows.terms, classes] : [rows.rows, rows.terms];
    if (String(found.contributions.dims) !== String(shape)) notTrue(`${task}: contributions have their shape`);
    if (String(found.score_.dims) !== String([rows.rows, classes])) notTrue(`${task}: scores have their shape`);
    for (let r = 0; r < rows.rows && classes > 1; r++) {
        const chance = rows.score_.slice(r * classes, (r + 1) * classes);
        const most = rows.classes[chance.indexOf(Math.max(...chance))];
        if (found.class.data[r] !== most) notTrue(`${task}: row ${r} is of its most likely class`);
    }
    // One row alone: the number of rows is not fixed.
    const one = await session.run(inputsOf(rows, 5, 6));
    if (largest(one.link.data, rows.link.slice(5 * classes, 6 * classes)) !== 0) notTrue(`${task}: one row alone`);
}

// FOLDER/fit.onnx and what the program said of its rows: fit_rows.json.
async function checkFit() {
    const rows = JSON.parse(fs.readFileSync(path.join(folder, 'fit_rows.json'), 'utf8'));
    const session = await ort.InferenceSession.create(path.join(folder, 'fit.onnx'));
    const found = await session.run(inputsOf(rows, 0, rows.score.length));
    const off = largest(found.score.data, rows.score);
    console.log(`fit: ${rows.score.length} rows, largest difference of score ${off}`);
    if (!(off <= 1e-12)) notTrue('the scores of a fitted model are those of candor score');
}

(async () => {
    for (const task of ['binary', 'regression', 'count', 'amount', 'classes']) await check(task);
    if (fs.existsSync(path.join(folder, 'fit.onnx'))) await checkFit();
    process.exit(wrong === 0 ? 0 : 1);
})();
