-- wrk script: each connection asks for one of the paths in the file $PATHS (one a line), waits $PAUSE milliseconds, and asks
-- again; prints one JSON line of latencies in milliseconds.
local paths, pause = {}, tonumber(os.getenv("PAUSE"))

function init(args)
  math.randomseed(7)
  for line in io.lines(os.getenv("PATHS")) do
    paths[#paths + 1] = wrk.format("GET", line, {["Accept-Encoding"] = "gzip"})
  end
end

function delay()
  return math.random(1, 2 * pause)
end

function request()
  return paths[math.random(1, #paths)]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"p50":%.3f,"p99":%.3f,"p999":%.3f,"max":%.3f,"errors":%d}\n', summary.requests,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3, latency.max / 1e3,
    e.status + e.connect + e.read + e.write + e.timeout))
end
