-- What every script shares: which answers came, and at the end one line of JSON for bench/wrk.py.
-- Each of wrk's threads runs its script on its own; `done` gathers what they counted.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("thread_number", #threads)
end

statuses = {}
ran_out = 0
took_ms = {}

function headers_of(args, first)
  local headers = {}
  for number = first, #args do
    local name, value = args[number]:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  return headers
end

-- Every visitor comes from another address, as behind a proxy: rate limits are on.
function some_address(number)
  return string.format("127.%d.%d.%d", number / 65536 % 256 + 1, number / 256 % 256, number % 256)
end

function count(answer)
  answer = tostring(answer)
  statuses[answer] = (statuses[answer] or 0) + 1
end

function done(summary, latency)
  local totals, out, times = {}, 0, {}
  for _, thread in ipairs(threads) do
    for answer, number in pairs(thread:get("statuses")) do
      totals[answer] = (totals[answer] or 0) + number
    end
    out = out + thread:get("ran_out")
    for _, ms in ipairs(thread:get("took_ms")) do
      table.insert(times, ms)
    end
  end
  local p50, p95 = latency:percentile(50) / 1000, latency:percentile(95) / 1000
  local requests = summary.requests
  if #times > 0 then
    -- One of these is a whole visit of several pages.
    table.sort(times)
    requests = #times
    p50, p95 = times[math.ceil(#times * 0.5)], times[math.ceil(#times * 0.95)]
  end
  local answers = {}
  for answer, number in pairs(totals) do
    table.insert(answers, string.format('"%s": %d', answer, number))
  end
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p95_ms": %.3f, "bytes": %d,'
      .. ' "broken": %d, "ran_out": %d, "answers": {%s}}\n',
    requests, summary.duration / 1e6, p50, p95, summary.bytes,
    errors.connect + errors.read + errors.write + errors.timeout, out, table.concat(answers, ", ")
  ))
end
