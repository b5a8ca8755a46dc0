using System.Text;
using Audrey.Cli.Arguments;
using Audrey.Testing.Fuzzing;

namespace Audrey.Cli.Tests.Hostile;

public sealed class ValueFileHostileInput
{
    private const int Rounds = 20_000;
    private const string Secret = "s3cr3t-of-a-value";

    private static readonly byte[][] Lines =
    [
        "# The database\nweb[http].port=8080\n\ndb[mysql].password=s3cr3t-of-a-value\n"u8.ToArray(),
        "\ufeffweb[http].aliases=a.example.com\r\nweb[http].aliases=b.example.com\r\nweb[http].name=m\u00fcller = \u65e5\n"u8.ToArray(),
    ];

    private static readonly byte[][] Json =
    [
        Encoding.UTF8.GetBytes($$"""{ "web[http].port": 8080, "web[http].aliases": ["a", "b"], "db[mysql].password": "{{Secret}}" }"""),
        """{"a[b].c":true,"a[b].d":-1.5e3,"a[b].e":[],"a[b].f":["\u00fc\n",false,7],"a[b].g":"\ud83d\ude00"}"""u8.ToArray(),
    ];

    [Theory]
    [InlineData("values")]
    [InlineData("values.json")]
    public void A_mutated_file_gives_values_or_problems_that_repeat_no_value(string path)
    {
        var seeds = path.EndsWith(".json", StringComparison.Ordinal) ? Json : Lines;
        var (valid, wrong) = (0, 0);
        Fuzz.Run(Rounds, random =>
        {
            var file = Mutations.Mutate(seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)], random);
            var problems = new List<string>();
            var values = ValueFile.Read(path, file, problems);
            Assert.All(problems, problem => Assert.StartsWith(path + ":", problem, StringComparison.Ordinal));
            Assert.All(problems, problem => Assert.DoesNotContain(Secret, problem, StringComparison.Ordinal));
            Assert.All(values.Values.SelectMany(texts => texts), text => Assert.DoesNotContain('\ufffd', text));
            if (problems.Count == 0) valid++;
            else wrong++;
        });

        // Without both, the test would only show that everything is accepted or refused.
        Assert.True(!Fuzz.IsLong(Rounds) || (valid > 0 && wrong > 0), $"{valid} files are valid, and {wrong} are not.");
    }
}
