-- wrk script: cycles through the requests of the file $REQUESTS (one a line: method, path and body, tab-separated), with the
-- Accept-Encoding of $ENCODING, and prints one JSON line of results.
local requests, next_index = {}, 0

function init(args)
  local encoding = os.getenv("ENCODING")
  for line in io.lines(os.getenv("REQUESTS")) do
    local method, path, body = line:match("^(%S+)\t([^\t]*)\t(.*)$")
    local headers = {["Accept-Encoding"] = encoding}
    if method == "POST" then headers["Content-Type"] = "application/json" else body = nil end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  next_index = next_index % #requests + 1
  return requests[next_index]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.3f,"bytes":%d,"p50":%.3f,"p95":%.3f,"p99":%.3f,"max":%.3f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, e.status + e.connect + e.read + e.write + e.timeout))
end
