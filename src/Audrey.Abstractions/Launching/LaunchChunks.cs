using System.Collections.Immutable;
using Audrey.Core.Documents;

namespace Audrey.Abstractions.Launching;

/// <summary>Splits a deployable into chunks. Each chunk is sent as one request.</summary>
internal static class LaunchChunks
{
    /// <summary>The maximum number of instances in a chunk. One page of members holds the same number.</summary>
    private const int MaxInstances = 128;

    /// <summary>The approximate maximum size of a chunk in bytes. A larger instance is sent in a separate chunk.</summary>
    private const long MaxBytes = 4 * 1024 * 1024;

    private const int BytesOfId = 40;
    private const int BytesOfRecord = 64;

    /// <summary>Returns the chunks, in the order of the instances.</summary>
    public static IEnumerable<ImmutableArray<InstanceConfig>> Of(IEnumerable<InstanceConfig> instances)
    {
        var chunk = ImmutableArray.CreateBuilder<InstanceConfig>();
        var bytes = 0L;
        foreach (var instance in instances)
        {
            var size = SizeOf(instance);
            if (chunk.Count == MaxInstances || (chunk.Count > 0 && bytes + size > MaxBytes))
            {
                yield return chunk.ToImmutable();
                chunk.Clear();
                bytes = 0;
            }

            chunk.Add(instance);
            bytes += size;
        }

        if (chunk.Count > 0) yield return chunk.ToImmutable();
    }

    private static long SizeOf(InstanceConfig instance)
    {
        long bytes = BytesOfRecord + instance.ProvidedParameters.Concat(instance.SecretParameters).Sum(name => name.Length);
        foreach (var (parameter, fact) in instance.ProvidedFacts) bytes += BytesOfRecord + parameter.Length + fact.ToString().Length;
        foreach (var service in instance.Services)
        {
            bytes += BytesOfRecord + service.Name.Length + service.Classes.Sum(name => name.Length);
            bytes += SizeOf(service.Executable) + service.Files.Sum(SizeOf);
            foreach (var parameter in service.Parameters)
            {
                bytes += BytesOfRecord + parameter.Name.Length;
                bytes += (parameter.Value?.Length ?? 0) + (parameter.Default?.Length ?? 0) + ((long)parameter.Providers.Length * BytesOfId);
            }
        }

        return bytes;
    }

    private static long SizeOf(SourceFile? source) => source?.Contents?.Length ?? 0;
}
