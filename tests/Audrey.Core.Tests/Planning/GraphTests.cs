using Audrey.Core.Deployables;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Graphs;

namespace Audrey.Core.Tests.Planning;

public sealed class GraphTests
{
    private static readonly ReferenceGraph Graph = ReferenceGraph.From(Shop.Document, []);

    [Fact]
    public void The_graph_as_text_lists_the_providers_of_each_parameter_of_each_assembly() => Assert.Equal(
        """
        web needs
          ipaddress of db  for http.db
          the end of db[mysql]  for http.ready
        db needs
          ipaddress of web  for mysql.web

        """,
        GraphText.Plain(Graph));

    [Fact]
    public void The_graph_as_Mermaid_has_arrows_from_provider_to_dependent() => Assert.Equal(
        """
        flowchart LR
            a0["web"]
            a1["db"]
            a1 -->|"ipaddress"| a0
            a1 -.->|"mysql ended"| a0
            a0 -->|"ipaddress"| a1

        """,
        GraphText.Mermaid(Graph));

    [Fact]
    public void The_graph_as_DOT_has_the_same_arrows_as_the_graph_as_Mermaid() => Assert.Equal(
        """
        digraph deployable {
            rankdir=LR;
            node [shape=box];
            a0 [label="web"];
            a1 [label="db"];
            a1 -> a0 [label="ipaddress"];
            a1 -> a0 [label="mysql ended", style=dashed];
            a0 -> a1 [label="ipaddress"];
        }

        """,
        GraphText.Dot(Graph));

    [Fact]
    public void Names_with_special_characters_are_escaped_in_drawings()
    {
        var graph = ReferenceGraph.From(
            new DeployableDocument { Name = "x", Assemblies = [new AssemblyDocument { Name = "a\"]<b>\\" }] }, []);

        Assert.Contains("a0[\"a#34;#93;#60;b#62;#92;\"]", GraphText.Mermaid(graph), StringComparison.Ordinal);
        Assert.Contains("a0 [label=\"a\\\"]<b>\\\\\"];", GraphText.Dot(graph), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_whose_value_is_given_at_launch_has_no_arrow()
    {
        Assert.True(LaunchValue.TryParse("web[http].db=10.0.0.1", out var given, out _));

        Assert.DoesNotContain(ReferenceGraph.From(Shop.Document, [given]).Edges, edge => edge.Parameter.Parameter == "db");
    }
}
