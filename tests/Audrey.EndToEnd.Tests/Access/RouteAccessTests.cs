using System.Collections.Concurrent;
using System.Text;
using Audrey.EndToEnd.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Audrey.EndToEnd.Tests.Access;

/// <summary>Every identity calls every route of the running server with every scheme.</summary>
public sealed class RouteAccessTests(ITestOutputHelper output)
{
    private const string Regenerate = "AUDREY_ROUTES";

    private static readonly string Page = Path.Combine(AppContext.BaseDirectory, "Docs", "route-access.md");

    /// <summary>With AUDREY_ROUTES=FILE the test writes the page to that file.</summary>
    [Fact]
    public async Task Every_route_answers_every_caller_as_its_rule_says_and_the_page_shows_it()
    {
        await using var server = await RunningServer.Start();
        string[] routes = [.. RoutesOf(server.Services)];
        Assert.Equal(AccessRules.Table.Keys.Order(StringComparer.Ordinal), routes.Order(StringComparer.Ordinal));

        var callers = await Callers.Create(server);
        var cells = from route in routes
                    from identity in Enum.GetValues<Identity>()
                    from scheme in Enum.GetValues<Scheme>()
                    select (Route: route, Identity: identity, Scheme: scheme);
        var found = new ConcurrentDictionary<(string Route, Identity Identity, Scheme Scheme), string>();
        await Parallel.ForEachAsync(cells, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (cell, _) =>
            found[cell] = await callers.Call(cell.Route, cell.Identity, cell.Scheme));

        var wrong = from cell in found
                    let expected = AccessRules.Table[cell.Key.Route].Expect(cell.Key.Identity, cell.Key.Scheme)
                    where cell.Value != expected
                    orderby cell.Key
                    select $"{cell.Key}: {cell.Value}, not {expected}";
        Assert.Empty(wrong);

        var page = PageOf(routes, found);
        if (Environment.GetEnvironmentVariable(Regenerate) is { Length: > 0 } file) await File.WriteAllTextAsync(file, page);
        output.WriteLine($"{found.Count} cells of {routes.Length} routes");
        Assert.Equal(page, await File.ReadAllTextAsync(Page));
    }

    private static IEnumerable<string> RoutesOf(IServiceProvider services) =>
        from endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        select $"{method} {pattern}";

    private static string PageOf(string[] routes, ConcurrentDictionary<(string Route, Identity Identity, Scheme Scheme), string> found)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Who may call which route

            The test `RouteAccessTests` makes this page: it sends a request for each cell to a running server. `yes` means that the
            caller may make the request; a number is the status of the refusal. The path names a deployable and an instance of the
            calling conductor, or, for all other callers, of the configured conductor. The guest is that instance's. The other conductor
            has a valid credential and owns nothing in the path. Run the test with `AUDREY_ROUTES=FILE` to write the page to a file.

            """);
        foreach (var scheme in Enum.GetValues<Scheme>())
        {
            page.Append("\n## ").Append(scheme == Scheme.OAuth ? "By OAuth 1.0a" : "By HTTP Basic").Append("\n\n| Route |");
            foreach (var identity in Enum.GetValues<Identity>()) page.Append(' ').Append(Words(identity)).Append(" |");
            page.Append("\n|---|").Append(string.Concat(Enum.GetValues<Identity>().Select(_ => "---|"))).Append('\n');
            foreach (var route in routes.Order(StringComparer.Ordinal))
            {
                page.Append("| `").Append(route).Append("` |");
                foreach (var identity in Enum.GetValues<Identity>()) page.Append(' ').Append(found[(route, identity, scheme)]).Append(" |");
                page.Append('\n');
            }
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Words(Identity identity) => identity switch
    {
        Identity.Nobody => "no credential",
        Identity.UnknownKey => "unknown key",
        Identity.WrongSecret => "wrong secret",
        Identity.RevokedConductor => "revoked conductor",
        Identity.Guest => "guest",
        Identity.OtherGuest => "guest of another instance",
        Identity.ConfiguredConductor => "configured conductor",
        Identity.AddedConductor => "added conductor",
        Identity.OldSecret => "rotated conductor, old secret",
        Identity.NewSecret => "rotated conductor, new secret",
        _ => "other conductor",
    };
}
