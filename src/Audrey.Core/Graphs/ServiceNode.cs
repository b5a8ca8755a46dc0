using Audrey.Core.Ids;

namespace Audrey.Core.Graphs;

/// <summary>A service of an instance, as a node of the graph of services that wait for each other.</summary>
public readonly record struct ServiceNode(InstanceId Instance, string Service);
