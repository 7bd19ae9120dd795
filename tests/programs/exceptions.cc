// tests/programs/exceptions.cc - exceptions in several threads, and what the C++ library makes of threads
#include <atomic>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static thread_local int own;

static int fail(int depth)
{
    if (depth == 0)
        throw std::runtime_error("depth");
    std::string guard(static_cast<std::size_t>(depth), 'x');
    return fail(depth - 1) + static_cast<int>(guard.size());
}

int main()
{
    std::atomic<int> caught{0};
    std::map<int, int> seen;
    std::vector<std::thread> threads;
    std::mutex mutex;

    for (int i = 0; i < 16; i++) {
        threads.emplace_back([&, i] {
            own = i;
            for (int k = 0; k < 50; k++) {
                try {
                    fail(k % 7);
                } catch (const std::exception &) {
                    caught++;
                }
            }
            std::lock_guard<std::mutex> lock(mutex);
            seen[own] = 1;
        });
    }
    for (auto &thread : threads)
        thread.join();
    std::cout << caught << " caught in " << seen.size() << " threads\n";
    auto answer = std::async(std::launch::async, [] { return 42; });
    std::cout << answer.get() << "\n";
    try {
        std::async(std::launch::async, []() -> int { throw std::logic_error("from elsewhere"); }).get();
    } catch (const std::exception &error) {
        std::cout << error.what() << "\n";
    }
    try {
        std::vector<int>().at(5);
    } catch (const std::out_of_range &) {
        std::cout << "out of range\n";
    }
    return 0;
}
