BEGIN {
    for (i = 1; i <= 20000; i++) {
        key = "k" (i * 7919 % 1009)
        count[key]++
        text[key] = text[key] substr("abcdefghij", i % 10 + 1, 1)
    }
    for (key in count) { n++; if (length(text[key]) > longest) longest = length(text[key]) }
    printf "%d keys, longest %d\n", n, longest
    for (i = 0; i < 5; i++) printf "%s %d %s\n", "k" i, count["k" i], text["k" i]
    printf "%.6f %.6f %d %s\n", sin(1), exp(1), int(-3.7), sprintf("%05d|%-6s|%x", 42, "ab", 255)
    s = "the cat sat on the mat"; print gsub(/at/, "og", s), s, match(s, /m[a-z]+/), RSTART, RLENGTH
    n = split("a:b:c:d", parts, ":"); for (i = n; i > 0; i--) printf "%s", parts[i]; print ""
    while ((getline line < "/words.awk") > 0) lines++
    print lines, toupper("done"), index("hello", "ll"), 2 ^ 31
}
