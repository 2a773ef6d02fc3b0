-- wrk script: tracking calls as an SDK sends them, each with message ids of its own.
-- usage: wrk ... -s bench/post.lua URL -- WRITE_KEY single|batch RUN PEOPLE
local thread_count = 0
function setup(thread)
  thread:set("thread_number", thread_count)
  thread_count = thread_count + 1
end

local function base64(text)
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  return ((text:gsub(".", function(c)
    local bits, byte = "", c:byte()
    for i = 8, 1, -1 do bits = bits .. (byte % 2 ^ i - byte % 2 ^ (i - 1) > 0 and "1" or "0") end
    return bits
  end) .. "0000"):gsub("%d%d%d?%d?%d?%d?", function(bits)
    if #bits < 6 then return "" end
    local value = 0
    for i = 1, 6 do value = value + (bits:sub(i, i) == "1" and 2 ^ (6 - i) or 0) end
    return alphabet:sub(value + 1, value + 1)
  end) .. ({"", "==", "="})[#text % 3 + 1])
end

local names = {"Product Viewed", "Product List Viewed", "Product Added", "Checkout Started", "Product Clicked"}
local function event(i, person)
  return '{"type":"track","event":"' .. names[i % 5 + 1] .. '","messageId":"node-next-',
    string.format('-%03d","userId":"user-%07d","timestamp":"%s","properties":{"product_id":"P%05d","category":"C%03d","price":%d.99,' ..
      '"quantity":1,"currency":"EUR","position":%d},"context":{"library":{"name":"analytics-node","version":"3.1.0"},"locale":"fr-FR",' ..
      '"page":{"path":"/p/%05d","title":"A product that somebody looks at"},"consent":{"categoryPreferences":{"measurement":true}}},' ..
      '"integrations":{},"_metadata":{"nodeVersion":"20.1.0","jsRuntime":"node"}}', i, person, stamp, i * 37 % 50000, i % 200,
      i % 300 + 1, i % 40, i * 41 % 50000)
end

function init(args)
  mode, run, people = args[2], args[3], tonumber(args[4])
  stamp = os.date("!%Y-%m-%dT%H:%M:%S.000Z")
  wrk.headers["Authorization"] = "Basic " .. base64(args[1] .. ":")
  wrk.headers["Content-Type"] = "application/json"
  counter = 0
  bodies = {}
  math.randomseed(thread_number + 1)
  for b = 1, 200 do  -- bodies of different people; the message id is what changes between sends
    local pieces, size = {}, mode == "batch" and 100 or 1
    local rest = mode == "batch" and '{"batch":[' or ""
    for i = 1, size do
      local before, after = event(b * 100 + i, math.random(people))
      pieces[#pieces + 1] = rest .. before
      rest = after .. (i < size and "," or "")
    end
    pieces[#pieces + 1] = rest .. (mode == "batch" and ']}' or "")
    bodies[b] = pieces
  end
end

function request()
  counter = counter + 1
  local id = run .. "-" .. thread_number .. "-" .. counter
  return wrk.format("POST", mode == "batch" and "/v1/batch" or "/v1/track", nil, table.concat(bodies[counter % 200 + 1], id))
end

local bad = 0
function response(status)
  if status ~= 200 then bad = bad + 1 end
end
function done(summary, latency)
  io.write(string.format("RESULT requests=%d seconds=%.3f p50_us=%d p99_us=%d errors=%d\n", summary.requests,
    summary.duration / 1e6, latency:percentile(50), latency:percentile(99), summary.errors.status))
end
