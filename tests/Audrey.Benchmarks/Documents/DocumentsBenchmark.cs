using System.Collections.Immutable;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Deployables.Xml;
using Audrey.Core.Deployables.Yaml;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Benchmarks.Documents;

/// <summary>
/// Measures reading and validating whole deployables, from bytes to a valid document. Each assembly has a script, a file, values, and a
/// reference to a provided parameter of the first assembly. Each assembly also waits for the service of its neighbour, so the services form
/// one chain through the whole deployable.
/// </summary>
internal static class DocumentsBenchmark
{
    private const int Rounds = 5;

    public static Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine($"Deployables read and validated: the fastest of {Rounds} rounds, and the first, which includes compilation:");
        (string, Func<DeployableDocument, byte[]>)[] formats =
            [("Deployable 1.0", DeployableXml.Write), ("YAML", document => DeployableYaml.Write(document))];
        foreach (var (kind, write) in formats)
        {
            foreach (var size in new[] { 100, 1_000, 10_000 })
            {
                cancellation.ThrowIfCancellationRequested();
                var bytes = write(CreateDeployable(size));
                var times = Enumerable.Range(0, Rounds).Select(_ => Read(bytes).TotalMilliseconds).ToArray();
                output.WriteLine(
                    $"  {kind,-14} {size,6} assemblies, {bytes.Length / 1024.0,8:N0} KiB: {times.Min(),8:N1} ms, "
                    + $"{times.Min() / size:N4} ms each (first {times[0]:N1} ms)");
            }
        }

        return Task.CompletedTask;
    }

    private static TimeSpan Read(byte[] bytes)
    {
        var began = TimeProvider.System.GetTimestamp();
        var result = DeployableFiles.Read([new DocumentFile("deployable", bytes)], new DocumentLimits());
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        return result.IsValid ? elapsed : throw new InvalidOperationException($"The deployable is not valid: {result.Findings[0]}");
    }

    private static DeployableDocument CreateDeployable(int size) => new()
    {
        Name = "Fleet",
        Description = "Every assembly waits for the service of the next assembly and refers to the address of the first assembly.",
        Assemblies = [.. Enumerable.Range(0, size).Select(number => CreateAssembly(number, size))],
    };

    private static AssemblyDocument CreateAssembly(int number, int size) => new()
    {
        Name = $"node-{number}",
        HardwareProfile = "large",
        Image = new ImageDocument("fedora", null),
        Returns = [new ReturnDocument("hostname"), new ReturnDocument("ipaddress")],
        Services =
        [
            new ServiceDocument
            {
                Name = "http",
                Executable = new SourceFile { Contents = "#!/bin/sh\nset -e\nsystemctl enable --now httpd\n" },
                Files = [new SourceFile { Url = "https://scripts.example.com/site.conf" }],
                Parameters = CreateParameters(number, size),
            },
        ],
    };

    private static ImmutableArray<ParameterDocument> CreateParameters(int number, int size)
    {
        var first = new ReferenceDocument { Assembly = "node-0", Kind = ReferenceKind.ProvidedParameter, Name = "ipaddress" };
        var next = new ReferenceDocument { Assembly = $"node-{number + 1}", Kind = ReferenceKind.ServiceEnd, Name = "http" };
        ParameterDocument[] parameters =
        [
            new() { Name = "port", Value = "8080" },
            new() { Name = "name", Value = $"node {number} of {size}" },
            new() { Name = "password", Secret = true },
            new() { Name = "first", Reference = first },
            new() { Name = "next", Reference = next },
        ];
        return [.. number + 1 < size ? parameters : parameters[..^1]];
    }
}
