using System.Collections.Immutable;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Deployables.Xml;
using Audrey.Core.Deployables.Yaml;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Benchmarks.Documents;

/// <summary>
/// Reading and validating whole deployables, from bytes to a document that is known to be right. Each assembly has a script, a file, values,
/// a return of the first one, and waits for its neighbour's service; so the services make one chain as long as the deployable.
/// </summary>
internal static class DocumentsBenchmark
{
    private const int Rounds = 5;

    public static Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine($"Deployables read and validated, fastest of {Rounds} rounds and the first one, which compiles:");
        foreach (var (kind, write) in new (string, Func<DeployableDocument, byte[]>)[] { ("Deployable 1.0", DeployableXml.Write), ("YAML", DeployableYaml.Write) })
        {
            foreach (var size in new[] { 100, 1_000, 10_000 })
            {
                cancellation.ThrowIfCancellationRequested();
                var bytes = write(Make(size));
                var times = Enumerable.Range(0, Rounds).Select(_ => Read(bytes)).ToArray();
                output.WriteLine(
                    $"  {kind,-14} {size,6} assemblies, {bytes.Length / 1024.0,8:N0} KiB: {times.Min().TotalMilliseconds,8:N1} ms, {times.Min().TotalMilliseconds / size:N4} ms each (first {times[0].TotalMilliseconds:N1} ms)");
            }
        }

        return Task.CompletedTask;
    }

    private static TimeSpan Read(byte[] bytes)
    {
        var began = TimeProvider.System.GetTimestamp();
        var result = DeployableFiles.Read([new DocumentFile("deployable", bytes)], new DocumentLimits());
        var took = TimeProvider.System.GetElapsedTime(began);
        if (!result.IsValid) throw new InvalidOperationException($"The deployable is not valid: {result.Findings[0]}");
        return took;
    }

    private static DeployableDocument Make(int size) => new()
    {
        Name = "Fleet",
        Description = "Every assembly waits for the next one's service and takes the first one's address.",
        Assemblies = [.. Enumerable.Range(0, size).Select(number => Assembly(number, size))],
    };

    private static AssemblyDocument Assembly(int number, int size) => new()
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
                Parameters = Parameters(number, size),
            },
        ],
    };

    private static ImmutableArray<ParameterDocument> Parameters(int number, int size)
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
