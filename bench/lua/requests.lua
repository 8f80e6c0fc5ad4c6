-- Sends the requests of a file: over and over, or each of them once.
-- Arguments: the file, "again" or "once", then the headers of all requests as "Name: value". Each
-- line of the file is one request: its method, path and body, with tabs between.

dofile("counting.lua")

local prepared, at, once = {}, 0, false

function init(args)
  once = args[2] == "once"
  local headers = headers_of(args, 3)
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%u+)\t([^\t]*)\t(.*)$")
    headers["X-Forwarded-For"] = some_address(#prepared)
    table.insert(prepared, wrk.format(method, path, headers, body ~= "" and body or nil))
  end
end

function request()
  at = at + 1
  if at > #prepared then
    if once then
      ran_out = 1
      return wrk.format("GET", "/kaartjes")
    end
    at = 1
  end
  return prepared[at]
end

function response(status)
  count(status)
end
