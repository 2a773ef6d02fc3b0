// Asks an embedded engine what bench/history asks Filrouge, and tells times, memory and answers as
// one line of JSON.
//   node peers.mjs duckdb|clickhouse EVENTS.csv FOLDER ROUNDS
import fs from 'node:fs'
import path from 'node:path'

const [engine, csv, folder, rounds] = process.argv.slice(2)
fs.rmSync(folder, {recursive: true, force: true})
fs.mkdirSync(folder, {recursive: true})

const TYPES = "'page_view','product_view','add_to_cart','checkout','purchase'"
const WAYS = "'web','app','store','call','social'"
const numbered = (list) => list.split(',').map((name, i) => `${name}=${i}`).join(',')

// Scores as Filrouge gives them: equal values share one, 1 + floor(5 * smaller ones / all).
const rfm = (division) => `
  with b as (select customer_id, max(ts) l, count(*) f, sum(price_cents) m from events where event_type = 'purchase' group by customer_id),
  s as (select ${division('rank() over (order by l) - 1')} r, ${division('rank() over (order by f) - 1')} f5,
               ${division('rank() over (order by m) - 1')} m5 from b)
  select r, f5, m5, count(*) n from s group by r, f5, m5 order by r, f5, m5`

async function duckdb() {
  const {DuckDBInstance} = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(path.join(folder, 'events.duckdb'))
  const connection = await instance.connect()
  const ask = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson().map((row) => row.map(Number))
  const window30 = "range between interval 30 day preceding and current row"
  return {
    ask,
    load: [
      `create type ev as enum (${TYPES})`,
      `create type way as enum (${WAYS})`,
      `create table events (ts timestamp, customer_id uinteger, event_type ev, channel way, product_id uinteger, category_id usmallint, price_cents uinteger)`,
      `copy events from '${csv}' (format csv, header true)`,
      'checkpoint',
    ],
    questions: {
      funnel: `
        with v as (select customer_id, ts from events where event_type = 'product_view'),
        a as materialized (select c.customer_id, c.ts, v.ts begun from (select customer_id, ts from events where event_type = 'add_to_cart') c
          asof join v on c.customer_id = v.customer_id and c.ts >= v.ts),
        o as (select p.customer_id, p.ts, a.begun from (select customer_id, ts from events where event_type = 'purchase') p
          asof join a on p.customer_id = a.customer_id and p.ts >= a.ts)
        select (select count(distinct customer_id) from v), (select count(distinct customer_id) from a where ts - begun <= interval 24 hour),
               (select count(distinct customer_id) from o where ts - begun <= interval 24 hour)`,
      audience: `
        select count(*) from (select customer_id from events where event_type = 'product_view' and category_id = 2 and ts >= '2026-05-31' group by 1 having count(*) >= 3)
        where customer_id not in (select customer_id from events where event_type = 'purchase' and ts >= '2026-04-01')
          and customer_id in (select customer_id from events where channel = 'store')`,
      rfm: rfm((x) => `(5 * (${x})) // (count(*) over ()) + 1`),
      transitions: `
        select p // 8, p % 8, c // 8, c % 8, count(*) n from (
          select c, lag(c) over (partition by customer_id order by ts) p from (
            select customer_id, ts, (enum_code(event_type) * 8 + enum_code(channel))::utinyint c from events))
        where p is not null group by p, c order by n desc limit 20`,
      attribution: `
        with p as (select customer_id, ts, price_cents from events where event_type = 'purchase'),
        t as (select customer_id, ts, channel from events where event_type <> 'purchase' and customer_id in (select customer_id from p)),
        w as (select p.customer_id, p.ts, any_value(p.price_cents) price, count(*) n, enum_code(arg_max(t.channel, t.ts)) way,
                ${[0, 1, 2, 3, 4].map((c) => `count(*) filter (enum_code(t.channel) = ${c}) k${c}`).join(', ')}
              from p join t on t.customer_id = p.customer_id and t.ts < p.ts and t.ts >= p.ts - interval 30 day group by 1, 2)
        ${[0, 1, 2, 3, 4].map((c) => `select ${c}, sum(price) filter (way = ${c})::bigint, round(sum(price * k${c} / n))::bigint from w`).join(' union all ')} order by 1`,
    },
  }
}

async function clickhouse() {
  const {Session} = await import('chdb')
  const session = new Session(folder)
  const ask = async (sql) => {
    const text = session.query(sql, 'JSONCompact')
    return text && text.trim() ? JSON.parse(text).data.map((row) => row.map(Number)) : []
  }
  return {
    ask,
    load: [
      `create table events (ts DateTime('UTC') codec(DoubleDelta, LZ4), customer_id UInt32, event_type Enum8(${numbered(TYPES)}), channel Enum8(${numbered(WAYS)}),
        product_id UInt32, category_id UInt16, price_cents UInt32) engine = MergeTree order by (customer_id, ts)`,
      `insert into events select * from file('${csv}', 'CSVWithNames')`,
      'optimize table events final',
    ],
    questions: {
      funnel: `
        select countIf(l >= 1), countIf(l >= 2), countIf(l >= 3) from (
          select windowFunnel(86400)(ts, event_type = 'product_view', event_type = 'add_to_cart', event_type = 'purchase') l
          from events where event_type in ('product_view', 'add_to_cart', 'purchase') group by customer_id)`,
      audience: `
        select count() from (select customer_id from events where event_type = 'product_view' and category_id = 2 and ts >= '2026-05-31 00:00:00' group by customer_id having count() >= 3)
        where customer_id not in (select customer_id from events where event_type = 'purchase' and ts >= '2026-04-01 00:00:00')
          and customer_id in (select customer_id from events where channel = 'store')`,
      rfm: rfm((x) => `intDiv(5 * (${x}), count(*) over ()) + 1`),
      transitions: `
        select intDiv(p, 8), p % 8, intDiv(c, 8), c % 8, count() n from (
          select toUInt8(toInt8(event_type) * 8 + toInt8(channel)) c,
                 lagInFrame(c, 1, 255) over (partition by customer_id order by ts rows between unbounded preceding and current row) p from events)
        where p <> 255 group by p, c order by n desc limit 20`,
      attribution: `
        with x as (select price_cents price, if(lts >= ts - 2592000, lt, -1) last, k0, k1, k2, k3, k4, k0 + k1 + k2 + k3 + k4 n from (
            select event_type, price_cents, ts, argMaxIf(toInt8(channel), ts, event_type <> 'purchase') over o lt, maxIf(ts, event_type <> 'purchase') over o lts,
              ${[0, 1, 2, 3, 4].map((c) => `countIf(event_type <> 'purchase' and toInt8(channel) = ${c}) over r k${c}`).join(', ')}
            from events where customer_id in (select customer_id from events where event_type = 'purchase')
            window o as (partition by customer_id order by ts rows between unbounded preceding and current row),
                   r as (partition by customer_id order by ts range between 2592000 preceding and current row))
          where event_type = 'purchase' and n > 0)
        select c, sumIf(price, last = c), toInt64(round(sum(price * [k0, k1, k2, k3, k4][c + 1] / n))) from x array join [0, 1, 2, 3, 4] as c group by c order by c`,
    },
  }
}

const peakMib = () => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
const restMib = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
const seconds = async (work) => {
  const begun = process.hrtime.bigint()
  const answer = await work()
  return [Number(process.hrtime.bigint() - begun) / 1e9, answer]
}

const {ask, load, questions} = engine === 'duckdb' ? await duckdb() : await clickhouse()
const out = {load: (await seconds(async () => { for (const sql of load) await ask(sql) }))[0], questions: {}}
for (const [name, sql] of Object.entries(questions)) {
  let best = Infinity, answer
  const before = restMib()
  try { fs.writeFileSync('/proc/self/clear_refs', '5') } catch {}
  for (let i = 0; i < Number(rounds); ++i) {
    const [took, rows] = await seconds(() => ask(sql))
    best = Math.min(best, took)
    answer = rows
  }
  out.questions[name] = {seconds: best, mib: Math.max(0, peakMib() - before), answer}
}
console.log(JSON.stringify(out))
process.exit(0)
