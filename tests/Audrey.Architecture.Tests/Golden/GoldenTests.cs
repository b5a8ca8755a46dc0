using Audrey.Architecture.Tests.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Audrey.Architecture.Tests.Golden;

/// <summary>
/// Newer builds read rows that older builds wrote. During an update, servers of two builds exchange messages. Therefore the current code
/// must be able to read old bytes. To add the file of a new contract, run these tests with AUDREY_GOLDEN=add. AUDREY_GOLDEN=replace writes
/// all files again. After that, the tests no longer show that the code can read older rows.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string? Mode = Environment.GetEnvironmentVariable("AUDREY_GOLDEN");

    private static readonly Serializer Serializer = Compose();

    public static TheoryData<string> Aliases => [.. Samples.Keys];

    /// <summary>Gets the contracts by alias. Exceptions are left out, because the framework determines their serialized form.</summary>
    private static Dictionary<string, Type> Samples { get; } =
        Serializable.Types.Where(type => !type.IsAssignableTo(typeof(Exception))).ToDictionary(type => Serializable.AliasOf(type)!);

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Bytes_of_earlier_versions_can_still_be_read(string alias)
    {
        var path = GoldenFile.PathOf(alias);
        if (Mode == "replace" || (Mode == "add" && !File.Exists(path)))
        {
            var sample = SampleMaker.Make(Samples[alias]);
            new GoldenFile(Serializer.SerializeToArray(sample), [.. Dump.Of(sample)]).Write(path);
        }

        Assert.True(
            File.Exists(path), $"{alias} is a new contract. Run these tests with AUDREY_GOLDEN=add and commit the file that appears.");
        var golden = GoldenFile.Read(path);
        var read = Dump.Of(Serializer.Deserialize<object>(golden.Bytes)!).ToHashSet();

        Rule.Holds(
            $"Rows and messages of {alias} that an earlier build wrote must keep their meaning. Use a new number for a changed member:",
            golden.Meaning.Where(line => !read.Contains(line)).Select(line => $"{line} is lost"));
    }

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Bytes_that_the_current_code_writes_can_be_read(string alias)
    {
        var sample = SampleMaker.Make(Samples[alias]);

        Assert.Equal(Dump.Of(sample), Dump.Of(Serializer.Deserialize<object>(Serializer.SerializeToArray(sample))!));
    }

    [Fact]
    public void No_contract_disappears() => Rule.Holds(
        "Rows of a contract may still exist after its type is removed. Keep the type, or delete its file if no row can contain it:",
        from path in Directory.EnumerateFiles(GoldenFile.Folder)
        where !Samples.ContainsKey(Path.GetFileNameWithoutExtension(path))
        select Path.GetFileName(path));

    private static Serializer Compose() => new ServiceCollection()
        .AddSerializer(serializer =>
        {
            foreach (var product in Repository.Assemblies) serializer.AddAssembly(Repository.AssemblyOf(product));
        })
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();
}
