using System.Globalization;

namespace Audrey.Testing.Fuzzing;

/// <summary>
/// Runs checks with random inputs. The inputs are the same in each run. <c>AUDREY_FUZZ=1000000</c> checks that many inputs in each test
/// instead, and <c>AUDREY_FUZZ_SEED</c> sets the seed of the first.
/// </summary>
public static class Fuzz
{
    private const string CountVariable = "AUDREY_FUZZ", SeedVariable = "AUDREY_FUZZ_SEED";

    /// <summary>Returns the seeds of the inputs.</summary>
    /// <param name="count">The number of inputs, unless the environment sets it.</param>
    public static IEnumerable<int> Seeds(int count) => Enumerable.Range(Number(SeedVariable, 1), Number(CountVariable, count));

    /// <summary>Returns whether a test has at least as many inputs as by default, so that each kind of result is among them.</summary>
    public static bool IsLong(int count) => Number(CountVariable, count) >= count;

    /// <summary>Runs a check with many inputs.</summary>
    /// <param name="count">The number of inputs, unless the environment sets it.</param>
    /// <param name="check">Makes an input and checks it.</param>
    /// <exception cref="InvalidOperationException">A check failed. The message contains the seed of its input.</exception>
    public static void Run(int count, Action<Random> check)
    {
        foreach (var seed in Seeds(count))
        {
            try
            {
                check(new Random(seed));
            }
            catch (Exception failure)
            {
                throw Failure(seed, failure);
            }
        }
    }

    /// <inheritdoc cref="Run"/>
    public static async Task RunAsync(int count, Func<Random, Task> check)
    {
        foreach (var seed in Seeds(count))
        {
            try
            {
                await check(new Random(seed));
            }
            catch (Exception failure)
            {
                throw Failure(seed, failure);
            }
        }
    }

    private static InvalidOperationException Failure(int seed, Exception failure) => new(
        $"The input with seed {seed} fails; {CountVariable}=1 {SeedVariable}={seed} repeats it: {failure.Message}", failure);

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
