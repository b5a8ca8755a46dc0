using System.Reflection;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Audrey.Gateway.Answers;

/// <summary>
/// The result of an endpoint that returns a tarball in the gzip format, or a problem. Conditional and range requests work.
/// </summary>
internal sealed class TarballFile : IResult, IEndpointMetadataProvider
{
    private const string ContentType = "application/x-tar";

    private readonly Tarball? _tarball;
    private readonly Problem? _problem;

    private TarballFile(Tarball? tarball, Problem? problem) => (_tarball, _problem) = (tarball, problem);

    public static implicit operator TarballFile(Tarball tarball) => new(tarball.InGzip(), null);

    public static implicit operator TarballFile(Problem problem) => new(null, problem);

    /// <summary>Creates the framework's result for a tarball.</summary>
    public static FileContentHttpResult Create(Tarball tarball) => TypedResults.File(
        tarball.Bytes,
        ContentType,
        enableRangeProcessing: true,
        lastModified: tarball.Modified,
        entityTag: new EntityTagHeaderValue($"\"{tarball.Digest}\""));

    public Task ExecuteAsync(HttpContext httpContext) =>
        _problem is not null ? ProblemWriter.Write(httpContext, _problem) : Create(_tarball!).ExecuteAsync(httpContext);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ProblemMetadata.Add(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Stream), [ContentType]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified, typeof(void)));
    }
}
