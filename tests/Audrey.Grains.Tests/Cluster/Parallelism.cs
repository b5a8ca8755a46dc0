// Only one cluster runs at a time. Under the load of another cluster, silos would respond too late and declare each other dead.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
