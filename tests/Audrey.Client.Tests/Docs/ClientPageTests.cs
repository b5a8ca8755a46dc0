using System.Text.RegularExpressions;

namespace Audrey.Client.Tests.Docs;

public sealed partial class ClientPageTests
{
    [Fact]
    public void Every_example_of_the_page_is_compiled()
    {
        var page = Block().Matches(Read("docs/client.md")).Select(block => block.Groups["code"].Value.TrimEnd()).ToList();
        var samples = Example().Matches(Read("tests/Audrey.Client.Tests/Docs/ClientPageSamples.cs"))
            .Select(example => Indentation().Replace(example.Groups["code"].Value, "").TrimEnd())
            .ToList();

        Assert.NotEmpty(page);
        Assert.Equal(samples, page);
    }

    [Fact]
    public void Every_operation_and_error_is_on_the_page()
    {
        var page = Read("docs/client.md");
        var operations = typeof(IAudreyClient).GetMethods().Where(method => !method.IsSpecialName);
        var errors = typeof(AudreyClient).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(AudreyException)));

        Assert.All(
            operations.Select(method => method.Name).Concat(errors.Select(type => type.Name)),
            name => Assert.Contains(name, page, StringComparison.Ordinal));
    }

    private static string Read(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Audrey.sln"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, path));
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^ {8}// example: \w+\n(?<code>.*?)^ {8}// end$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("^ {8}", RegexOptions.Multiline)]
    private static partial Regex Indentation();
}
