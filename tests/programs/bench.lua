-- What an interpreter does with memory: objects, strings, tables, closures, coroutines.
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
print("fib", fib(22))

local function sieve(n)
    local composite, count = {}, 0
    for i = 2, n do
        if not composite[i] then
            count = count + 1
            for j = i * i, n, i do composite[j] = true end
        end
    end
    return count
end
print("primes", sieve(50000))

local words = {}
for word in (("the quick brown fox jumps over the lazy dog "):rep(500)):gmatch("%a+") do
    words[word] = (words[word] or 0) + 1
end
local names = {}
for name in pairs(words) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do io.write(name, "=", words[name], " ") end
print()

local function tree(depth)
    return depth == 0 and {} or { left = tree(depth - 1), right = tree(depth - 1) }
end
local function count(node) return node.left and 1 + count(node.left) + count(node.right) or 1 end
print("tree", count(tree(13)))

local parts = {}
for i = 1, 20000 do parts[#parts + 1] = string.format("%d:%x", i, i * i) end
local text = table.concat(parts, ",")
print("text", #text, text:sub(-20), (text:gsub("1", "one")):len())

local function producer(n)
    return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end)
end
local sum = 0
for value in producer(10000) do sum = sum + value end
print("coroutines", sum)

local Account = {}
Account.__index = Account
function Account.new(b) return setmetatable({ balance = b }, Account) end
function Account:add(x) self.balance = self.balance + x; return self end
local account = Account.new(0)
for i = 1, 100000 do account:add(i) end
print("account", account.balance)

print(pcall(error, "caught"))
print("gc", collectgarbage("collect"), collectgarbage("count") < 20000)
local file = io.open("/tmp/lua.txt", "w")
for i = 1, 1000 do file:write(i, "\n") end
file:close()
local lines = 0
for _ in io.lines("/tmp/lua.txt") do lines = lines + 1 end
print("lines", lines, os.remove("/tmp/lua.txt"))
