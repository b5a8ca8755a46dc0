using Audrey.Abstractions.Auditing;
using Audrey.Core.Access;
using Audrey.Core.Auditing;
using Audrey.Gateway.Answers;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Auditing;

/// <summary>
/// Writes the entries of conductors' commands of version 3 in the audit trail. It runs around each endpoint after the body was read. The
/// kind of the command is the name of the endpoint, and its target is in the path.
/// </summary>
internal sealed class CommandAudit(AuditTrail audit) : IEndpointFilter
{
    /// <summary>The prefix of the endpoints' names.</summary>
    private const string NamePrefix = "v3-";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var isCommand = CallerRequirement.ActionOf(http) != ConductorAction.Read && !HttpMethods.IsGet(http.Request.Method)
            && http.GetEndpoint()?.Metadata.GetMetadata<UnauditedMetadata>() is null;
        return isCommand ? Run(context, next) : next(context);
    }

    private async ValueTask<object?> Run(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var conductor = http.Features.GetRequiredFeature<ConductorRequest>();
        var body = context.Arguments.OfType<IRequestBody>().FirstOrDefault();
        var receipt = await audit.Begin(
            new(conductor.Identity, RequesterAddress.Format(http), ActionOf(http), TargetOf(http), MarkOf(http, body)));
        object? answer;
        try
        {
            answer = await next(context);
        }
        catch (ProblemException failure)
        {
            await audit.End(receipt, ProblemTypes.NameOf(failure.Problem.Type), conductor.AuditDetail);
            throw;
        }

        await audit.End(receipt, OutcomeOf(answer), conductor.AuditDetail);
        return answer;
    }

    private static string OutcomeOf(object? answer)
    {
        while (answer is INestedHttpResult nested) answer = nested.Result;
        return answer is IHasProblem { Problem: { } problem } ? ProblemTypes.NameOf(problem.Type) : AuditActions.Done;
    }

    private static string ActionOf(HttpContext http)
    {
        var name = http.GetEndpoint()!.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName;
        return name.StartsWith(NamePrefix, StringComparison.Ordinal) ? name[NamePrefix.Length..] : name;
    }

    private static AuditTarget TargetOf(HttpContext http)
    {
        return new(Value("deployable"), Value("uuid"), Value("group"), Value("conductor"));

        string? Value(string name) => http.Request.RouteValues[name] as string;
    }

    private static AuditMark MarkOf(HttpContext http, IRequestBody? body)
    {
        var (request, credential) = (http.Request, http.Request.Headers.Authorization.ToString());
        var path = request.Path.Value ?? "";
        if (request.Headers[Version3Routes.IdempotencyKeyHeader].ToString() is { Length: > 0 } key)
            return AuditMark.OfKey(credential, $"{request.Method} {path}", key);

        // POST is not idempotent: without a key, the same request is another command.
        return HttpMethods.IsPost(request.Method)
            ? AuditMark.New()
            : AuditMark.OfContent(credential, request.Method, path, body is null ? [] : body.Bytes.Span);
    }
}

/// <summary>Marks an endpoint whose requests have no entries of their own in the audit trail.</summary>
internal sealed record UnauditedMetadata;

/// <summary>Adds <see cref="UnauditedMetadata"/> to endpoints.</summary>
internal static class UnauditedExtensions
{
    /// <summary>
    /// Leaves the requests of an endpoint out of the audit trail, because another command's entry covers them, or they change nothing.
    /// </summary>
    public static TBuilder LeaveOutOfAuditTrail<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new UnauditedMetadata());
}
